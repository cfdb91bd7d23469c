package dev.jig.fields;

import static dev.jig.fields.Field.ColumnSet.CAPTURE;
import static dev.jig.fields.Field.ColumnSet.IG;
import static dev.jig.fields.Field.ColumnSet.KUBECTL;
import static dev.jig.fields.Field.ColumnSet.LOOKUPS;
import static dev.jig.fields.Field.ColumnSet.PATHS;
import static dev.jig.fields.Field.ColumnSet.WIDE;
import static dev.jig.fields.Field.ColumnSet.WIDE_LOOKUPS;
import static dev.jig.fields.FieldGetters.container;
import static dev.jig.fields.FieldGetters.endpoint;
import static dev.jig.fields.FieldGetters.fromLookup;
import static dev.jig.fields.FieldGetters.fromName;
import static dev.jig.fields.FieldGetters.fromPaths;
import static dev.jig.fields.FieldGetters.fromPod;
import static dev.jig.fields.FieldGetters.fromQuestion;
import static dev.jig.fields.FieldGetters.fromUpstream;
import static dev.jig.fields.FieldGetters.hostAccountName;
import static dev.jig.fields.FieldGetters.integer;
import static dev.jig.fields.FieldGetters.latency;
import static dev.jig.fields.FieldGetters.lookupTime;
import static dev.jig.fields.FieldGetters.lowerCase;
import static dev.jig.fields.FieldGetters.nameCount;
import static dev.jig.fields.FieldGetters.nameOf;
import static dev.jig.fields.FieldGetters.ownerNumber;
import static dev.jig.fields.FieldGetters.ownerText;
import static dev.jig.fields.FieldGetters.peerContainer;
import static dev.jig.fields.FieldGetters.peerNumber;
import static dev.jig.fields.FieldGetters.peerPod;
import static dev.jig.fields.FieldGetters.peerText;
import static dev.jig.fields.FieldGetters.pod;
import static dev.jig.fields.FieldGetters.rcode;
import static dev.jig.fields.FieldGetters.startTime;
import static dev.jig.fields.FieldGetters.tries;
import static dev.jig.fields.FieldGetters.upstreamTime;
import static dev.jig.fields.Width.fixed;
import static dev.jig.fields.Width.scaled;

import dev.jig.dns.Rcode;
import dev.jig.dns.RecordType;
import dev.jig.event.Attribution;
import dev.jig.event.Container;
import dev.jig.event.Container.Pod;
import dev.jig.event.EndpointNames;
import dev.jig.event.Lookup;
import dev.jig.event.Lookup.Upstream;
import dev.jig.event.NameRow;
import dev.jig.event.Outcome;
import dev.jig.event.Owner;
import dev.jig.event.PacketType;
import dev.jig.event.Protocol;
import dev.jig.event.Qr;
import dev.jig.event.Row;
import dev.jig.event.SearchSource;
import dev.jig.event.State;
import dev.jig.fields.FieldValue.Address;
import dev.jig.fields.FieldValue.Addresses;
import dev.jig.fields.FieldValue.Ascii;
import dev.jig.fields.FieldValue.Attempts;
import dev.jig.fields.FieldValue.Bool;
import dev.jig.fields.FieldValue.HeaderFlags;
import dev.jig.fields.FieldValue.Instant;
import dev.jig.fields.FieldValue.Keyword;
import dev.jig.fields.FieldValue.Labels;
import dev.jig.fields.FieldValue.LossCause;
import dev.jig.fields.FieldValue.PodOrService;
import dev.jig.fields.FieldValue.Text;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/// The catalogue of columns and JSON keys, in their order. Outputs, filters and help read names,
/// widths and getters from here.
@SuppressWarnings("ImmutableEnumChecker") // stateless getters, and Error Prone cannot see that
public enum Field {
  RUNTIME_NAME(
      "runtime.runtimeName",
      fixed(19),
      container(Container::runtime),
      "container runtime: docker, containerd, cri-o or podman"),
  CONTAINER_ID(
      "runtime.containerId", scaled(13).withMax(64), container(Container::id), "container id"),
  CONTAINER_NAME(
      "runtime.containerName",
      scaled(30),
      defaultIn(IG),
      container(Container::name),
      "container name given by the runtime"),
  IMAGE_NAME(
      "runtime.containerImageName",
      scaled(16),
      container(Container::image),
      "image reference as given by the user"),
  IMAGE_DIGEST(
      "runtime.containerImageDigest",
      scaled(16),
      container(Container::imageDigest),
      "image digest"),
  NODE(
      "k8s.node",
      scaled(30).withMiddleEllipsis(),
      defaultIn(KUBECTL),
      new Text(row -> row.subject().node()),
      "Kubernetes node"),
  NAMESPACE(
      "k8s.namespace", scaled(30), defaultIn(KUBECTL), pod(Pod::namespace), "Kubernetes namespace"),
  POD(
      "k8s.pod",
      scaled(30).withMiddleEllipsis(),
      defaultIn(KUBECTL),
      pod(Pod::name),
      "Kubernetes pod"),
  POD_LABELS(
      "k8s.labels",
      scaled(16),
      new Labels(row -> fromPod(row.subject(), Pod::labels)),
      "pod labels"),
  POD_CONTAINER("k8s.container", scaled(30), pod(Pod::containerName), "container name in the pod"),
  HOST_NETWORK(
      "k8s.hostnetwork",
      scaled(16).withMax(5),
      new Bool(row -> fromPod(row.subject(), Pod::hostNetwork)),
      "true if the pod uses the node's network"),
  TIMESTAMP(
      "timestamp",
      scaled(35).withMax(35),
      new Instant(row -> true, Row::timestampNs),
      "time of the packet"),
  MOUNT_NS(
      "mntns",
      scaled(12).withMax(20),
      ownerNumber(Owner::mountNs),
      "inode number of the mount namespace"),
  NET_NS(
      "netns",
      scaled(12).withMax(20),
      ownerNumber(Owner::netNs),
      "inode number of the network namespace"),
  PID(
      "pid",
      scaled(16).withBounds(7, 10),
      defaultIn(IG, KUBECTL),
      ownerNumber(Owner::pid),
      "process id in the host's pid namespace"),
  TID(
      "tid",
      scaled(16).withBounds(7, 10),
      defaultIn(IG, KUBECTL),
      ownerNumber(Owner::tid),
      "thread id in the host's pid namespace"),
  PPID("ppid", scaled(16).withBounds(7, 10), ownerNumber(Owner::ppid), "process id of the parent"),
  COMM(
      "comm",
      scaled(16).withMax(16),
      defaultIn(IG, KUBECTL),
      ownerText(Owner::comm),
      "thread name"),
  PROCESS_NAME(
      "process",
      scaled(16).withMax(16),
      ownerText(Owner::processName),
      "name of the process; comm is that of its thread"),
  PCOMM("pcomm", scaled(16).withMax(16), ownerText(Owner::pcomm), "name of the parent process"),
  CWD(
      "cwd",
      scaled(40),
      defaultIn(PATHS),
      ownerText(owner -> fromPaths(owner, Owner.Paths::cwd)),
      "working directory of the process"),
  EXE_PATH(
      "exepath",
      scaled(40),
      defaultIn(PATHS),
      ownerText(owner -> fromPaths(owner, Owner.Paths::exePath)),
      "executable of the process"),
  UID("uid", scaled(16).withBounds(8, 10), ownerNumber(Owner::uid), "user id"),
  GID("gid", scaled(16).withBounds(8, 10), ownerNumber(Owner::gid), "group id"),
  USER("user", scaled(16), hostAccountName(Owner.Account::user), "user name, outside containers"),
  GROUP(
      "group", scaled(16), hostAccountName(Owner.Account::group), "group name, outside containers"),
  START_TIME("starttime", scaled(35).withMax(35), startTime(), "start time of the process"),
  COMMAND_LINE(
      "cmdline",
      scaled(40),
      ownerText(owner -> fromPaths(owner, Owner.Paths::commandLine)),
      "command line of the process"),
  SOURCE_IP(
      "srcIP",
      scaled(16).withBounds(15, 45),
      defaultIn(CAPTURE),
      new Address(row -> row.flow().source().address(), endpoint(EndpointNames::source)),
      "source address"),
  DESTINATION_IP(
      "dstIP",
      scaled(16).withBounds(15, 45),
      new Address(row -> row.flow().destination().address(), endpoint(EndpointNames::destination)),
      "destination address"),
  SOURCE_PORT(
      "srcPort",
      scaled(16).withBounds(5, 5),
      integer(row -> row.flow().source().port()),
      "source port"),
  DESTINATION_PORT(
      "dstPort",
      scaled(16).withBounds(5, 5),
      integer(row -> row.flow().destination().port()),
      "destination port"),
  PROTOCOL(
      "proto",
      scaled(16).withMax(5),
      new Keyword(row -> row.flow().protocol().name(), Vocabulary.ofNames(Protocol.values())),
      "UDP or TCP"),
  ID(
      "id",
      fixed(4),
      new Ascii(row -> HexFormat.of().toHexDigits((short) row.dns().id())),
      "DNS message id, hexadecimal"),
  QR(
      "qr",
      fixed(2),
      defaultIn(IG, CAPTURE, KUBECTL),
      new Keyword(row -> row.qr().name(), Vocabulary.ofNames(Qr.values())),
      "Q: query, R: response, T: query without response"),
  NAMESERVER(
      "nameserver",
      scaled(16).withBounds(15, 45),
      defaultIn(CAPTURE, KUBECTL, WIDE, LOOKUPS),
      new Address(row -> row.flow().nameserver(), endpoint(EndpointNames::nameserver)),
      "server address used by the application; for a response its source"),
  TYPE(
      "type",
      scaled(16).withBounds(7, 9),
      defaultIn(IG, CAPTURE, KUBECTL),
      new Keyword(row -> nameOf(row.flow().packetType()), Vocabulary.ofNames(PacketType.values())),
      "packet direction: OUTGOING, HOST, MULTICAST, …"),
  QTYPE(
      "qtype",
      scaled(16).withBounds(5, 10),
      defaultIn(IG, CAPTURE, KUBECTL),
      new Keyword(
          row -> fromQuestion(row, question -> RecordType.mnemonic(question.type())),
          new Vocabulary(RecordType.mnemonics(), "TYPE", 0xffff, RecordType::mnemonic)),
      "query type"),
  NAME(
      "name",
      scaled(30),
      defaultIn(IG, CAPTURE, KUBECTL),
      new Text(FieldGetters::name),
      "query name"),
  RCODE(
      "rcode",
      scaled(16).withMin(8),
      defaultIn(IG, CAPTURE, KUBECTL),
      new Keyword(
          row -> rcode(row), new Vocabulary(Rcode.mnemonics(), "RCODE", 0xfff, Rcode::mnemonic)),
      "response code"),
  LATENCY(
      "latency",
      scaled(16).withMax(20),
      defaultIn(WIDE, LOOKUPS),
      latency(),
      "time from the query to its response"),
  ANSWER_COUNT(
      "numAnswers",
      scaled(8).withMax(8),
      defaultIn(IG, CAPTURE),
      integer(row -> row.dns().answerCount()),
      "number of records in the answer section"),
  ADDRESSES(
      "addresses",
      scaled(32),
      defaultIn(WIDE),
      new Addresses(FieldGetters::addresses),
      "addresses in the answer section"),
  FLAGS(
      "flags",
      scaled(17),
      new HeaderFlags(row -> row.dns().flags()),
      "header flags set: aa, tc, rd, ra, ad, cd"),
  STATE(
      "state",
      scaled(11).withBounds(8, 11),
      defaultIn(LOOKUPS),
      new Keyword(row -> lowerCase(row.state()), Vocabulary.ofLowerCase(State.values())),
      "state: answered, late, orphan, duplicate, conflicting, timeout or closed"),
  OUTCOME(
      "outcome",
      scaled(11).withBounds(8, 11),
      new Keyword(row -> lowerCase(row.outcome()), Vocabulary.ofLowerCase(Outcome.values())),
      "lookup: ok, nodata, nxdomain, servfail, refused, error, timeout, closed or unreachable"),
  CAUSE(
      "cause",
      scaled(24),
      defaultIn(WIDE),
      new LossCause(Row::cause),
      "why there was no response, if the kernel reported it: dropped by netfilter, …"),
  ATTRIBUTION(
      "attribution",
      scaled(11),
      new Keyword(
          row -> lowerCase(row.subject().attribution()),
          Vocabulary.ofLowerCase(Attribution.values())),
      "how the process was determined: exact, socket or unknown"),
  SOURCE_ENDPOINT(
      "srcEndpoint",
      scaled(30).withMiddleEllipsis(),
      new PodOrService(endpoint(EndpointNames::source)),
      "pod or service with the source address (deploy --resolve-endpoints)"),
  DESTINATION_ENDPOINT(
      "dstEndpoint",
      scaled(30).withMiddleEllipsis(),
      new PodOrService(endpoint(EndpointNames::destination)),
      "pod or service with the destination address"),
  NAMESERVER_ENDPOINT(
      "nameserverEndpoint",
      scaled(30).withMiddleEllipsis(),
      new PodOrService(endpoint(EndpointNames::nameserver)),
      "pod or service with the nameserver's address"),
  TRIES(
      "tries",
      scaled(5).withBounds(5, 8),
      defaultIn(LOOKUPS),
      tries(),
      "lookup: number of queries sent"),
  ATTEMPTS(
      "attempts",
      scaled(40),
      defaultIn(WIDE_LOOKUPS),
      new Attempts(row -> fromLookup(row, Lookup::attempts)),
      "lookup: each query with its state and duration"),
  TWIN(
      "twin",
      scaled(8).withBounds(8, 10),
      defaultIn(WIDE_LOOKUPS),
      new Keyword(
          row -> lowerCase(fromLookup(row, Lookup::twinState)),
          Vocabulary.ofLowerCase(State.values())),
      "lookup of A or AAAA: state of the other one, if sent together"),
  PAIR_LATENCY(
      "pairLatency",
      scaled(16).withMax(20),
      defaultIn(WIDE_LOOKUPS),
      lookupTime(Lookup::pairNs),
      "lookup of A or AAAA: how long the client waited for both"),
  FOUND(
      "found",
      scaled(30),
      new Text(row -> fromName(row, NameRow::found)),
      "name: the name that was found for it; empty if none was"),
  QUERIES(
      "queries",
      scaled(7).withBounds(7, 8),
      nameCount(NameRow::queries),
      "name: number of queries sent"),
  WASTED(
      "wasted",
      scaled(7).withBounds(6, 8),
      nameCount(NameRow::wasted),
      "name: queries that a name with a trailing dot would have saved"),
  SEARCH_FROM(
      "searchFrom",
      scaled(10).withBounds(10, 10),
      new Keyword(
          row -> lowerCase(fromName(row, NameRow::searchFrom)),
          Vocabulary.ofLowerCase(SearchSource.values())),
      "name: where its search list is known from: runtime, file or learned"),
  HOP_SERVICE_TIME(
      "hop.took",
      scaled(16).withMax(20),
      upstreamTime(Upstream::serviceNs),
      "lookup: service time of the server process, if on this machine"),
  HOP_SERVER(
      "hop.server",
      scaled(16).withBounds(15, 45),
      new Address(row -> fromUpstream(row, Upstream::nextServer), _ -> null),
      "server to which it sent the same question"),
  HOP_LATENCY(
      "hop.latency",
      scaled(16).withMax(20),
      upstreamTime(Upstream::nextLatencyNs),
      "latency of that query"),
  PEER_CONTAINER_NAME(
      "peer.containerName",
      scaled(30),
      peerContainer(Container::name),
      "container of the process at the other end, if on this machine"),
  PEER_NAMESPACE(
      "peer.namespace",
      scaled(30),
      peerPod(Pod::namespace),
      "Kubernetes namespace of the process at the other end"),
  PEER_POD(
      "peer.podName",
      scaled(30).withMiddleEllipsis(),
      peerPod(Pod::name),
      "Kubernetes pod of the process at the other end"),
  PEER_PID(
      "peer.pid",
      scaled(16).withBounds(7, 10),
      peerNumber(Owner::pid),
      "process id of the process at the other end"),
  PEER_COMM(
      "peer.comm",
      scaled(16).withMax(16),
      peerText(Owner::comm),
      "name of the process at the other end");

  /// The JSON object that contains a field.
  public enum Group {
    RUNTIME,
    K8S,
    TOP,
    /// The process that answered a lookup; resolved only if shown or compared.
    HOP,
    /// The process at the other end; resolved only if shown or compared.
    PEER
  }

  /// A set of columns shown by default.
  public enum ColumnSet {
    IG,
    /// A capture file without rows of an earlier trace: nothing in it has a container or process.
    CAPTURE,
    KUBECTL,
    WIDE,
    PATHS,
    /// Rows for whole lookups.
    LOOKUPS,
    WIDE_LOOKUPS,
    /// Rows for names.
    NAMES
  }

  private static final List<Field> ALL = List.of(values());

  private final String column;
  private final Width width;
  private final Set<ColumnSet> columnSets;
  private final FieldValue value;
  private final String description;

  Field(String column, Width width, FieldValue value, String description) {
    this(column, width, Set.of(), value, description);
  }

  Field(
      String column, Width width, Set<ColumnSet> columnSets, FieldValue value, String description) {
    this.column = column;
    this.width = width;
    this.columnSets = columnSets;
    this.value = value;
    this.description = description;
  }

  /// The column name in `-o columns=` and `-F`, such as `runtime.containerName`.
  public String column() {
    return column;
  }

  /// Alternative column names.
  public List<String> aliases() {
    return switch (this) {
      case POD -> List.of("k8s.podName");
      case POD_CONTAINER -> List.of("k8s.containerName");
      default -> List.of();
    };
  }

  public Group group() {
    return column.startsWith("runtime.")
        ? Group.RUNTIME
        : column.startsWith("k8s.")
            ? Group.K8S
            : column.startsWith("peer.")
                ? Group.PEER
                : column.startsWith("hop.") ? Group.HOP : Group.TOP;
  }

  /// The key in the JSON object of [#group].
  public String key() {
    return switch (this) {
      case POD -> "podName";
      case POD_LABELS -> "podLabels";
      case POD_CONTAINER -> "containerName";
      case HOST_NETWORK -> "hostNetwork";
      case MOUNT_NS -> "mountnsid";
      case NET_NS -> "netnsid";
      case PROTOCOL -> "protocol";
      case TYPE -> "pktType";
      case PROCESS_NAME -> "processName";
      default -> column.substring(column.indexOf('.') + 1);
    };
  }

  public Width width() {
    return width;
  }

  public boolean isInAny(Set<ColumnSet> by) {
    return columnSets.stream().anyMatch(by::contains);
  }

  /// Whether the value describes a single packet, so that a row for a whole lookup omits it.
  public boolean isPerPacket() {
    return this == TID || this == QR || this == TYPE;
  }

  public FieldValue value() {
    return value;
  }

  /// Whether JSON contains the value even if it is zero: 0 is root, or nothing wasted; an absent
  /// value is unknown.
  public boolean hasMeaningfulZero() {
    return this == UID || this == GID || this == WASTED;
  }

  /// A short description for `--help`.
  public String description() {
    return description;
  }

  /// All fields in catalogue order.
  public static List<Field> all() {
    return ALL;
  }

  private static Set<ColumnSet> defaultIn(ColumnSet... by) {
    return Set.of(by);
  }
}
