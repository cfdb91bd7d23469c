package dev.jig.fields;

import static dev.jig.fields.Field.Shown.IG;
import static dev.jig.fields.Field.Shown.KUBECTL;
import static dev.jig.fields.Field.Shown.LOOKUPS;
import static dev.jig.fields.Field.Shown.PATHS;
import static dev.jig.fields.Field.Shown.WIDE;
import static dev.jig.fields.Field.Shown.WIDE_LOOKUPS;
import static dev.jig.fields.FieldSources.container;
import static dev.jig.fields.FieldSources.endpoint;
import static dev.jig.fields.FieldSources.hopTime;
import static dev.jig.fields.FieldSources.hostAccount;
import static dev.jig.fields.FieldSources.latency;
import static dev.jig.fields.FieldSources.lowerCase;
import static dev.jig.fields.FieldSources.mnemonicOf;
import static dev.jig.fields.FieldSources.nameOf;
import static dev.jig.fields.FieldSources.ofHop;
import static dev.jig.fields.FieldSources.ofLookup;
import static dev.jig.fields.FieldSources.ofPaths;
import static dev.jig.fields.FieldSources.ofPod;
import static dev.jig.fields.FieldSources.ofQuestion;
import static dev.jig.fields.FieldSources.owner;
import static dev.jig.fields.FieldSources.peer;
import static dev.jig.fields.FieldSources.peerContainer;
import static dev.jig.fields.FieldSources.peerPod;
import static dev.jig.fields.FieldSources.peerProcess;
import static dev.jig.fields.FieldSources.pod;
import static dev.jig.fields.FieldSources.process;
import static dev.jig.fields.FieldSources.started;
import static dev.jig.fields.FieldSources.tries;
import static dev.jig.fields.FieldSources.whole;
import static dev.jig.fields.Width.cells;
import static dev.jig.fields.Width.fixed;

import dev.jig.dns.RecordType;
import dev.jig.event.Container;
import dev.jig.event.Container.Pod;
import dev.jig.event.DnsEvent;
import dev.jig.event.DnsEvent.Question;
import dev.jig.event.EndpointNames;
import dev.jig.event.Lookup;
import dev.jig.event.Lookup.Upstream;
import dev.jig.event.Owner;
import dev.jig.fields.FieldValue.Address;
import dev.jig.fields.FieldValue.Addresses;
import dev.jig.fields.FieldValue.Attempts;
import dev.jig.fields.FieldValue.Bits;
import dev.jig.fields.FieldValue.Labels;
import dev.jig.fields.FieldValue.Moment;
import dev.jig.fields.FieldValue.Name;
import dev.jig.fields.FieldValue.Text;
import dev.jig.fields.FieldValue.Truth;
import dev.jig.fields.FieldValue.Word;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/// The catalogue: everything a row can show, in the order of the JSON keys, which is also the order
/// of the columns. Everything that names, prints or compares a field reads it here.
@SuppressWarnings("ImmutableEnumChecker") // stateless getters, and Error Prone cannot see that
public enum Field {
  RUNTIME_NAME(
      "runtime.runtimeName", fixed(19), container(Container::runtime), "container runtime"),
  CONTAINER_ID(
      "runtime.containerId", cells(13).atMost(64), container(Container::id), "container's id"),
  CONTAINER_NAME(
      "runtime.containerName",
      cells(30),
      shown(IG),
      container(Container::name),
      "container's name in its runtime"),
  IMAGE_NAME(
      "runtime.containerImageName",
      cells(16),
      container(Container::image),
      "container's image as the user named it"),
  IMAGE_DIGEST(
      "runtime.containerImageDigest",
      cells(16),
      container(Container::imageDigest),
      "digest of the container's image"),
  NODE(
      "k8s.node",
      cells(30).cutInTheMiddle(),
      shown(KUBECTL),
      new Text(DnsEvent::node),
      "Kubernetes node"),
  NAMESPACE(
      "k8s.namespace", cells(30), shown(KUBECTL), pod(Pod::namespace), "Kubernetes namespace"),
  POD("k8s.pod", cells(30).cutInTheMiddle(), shown(KUBECTL), pod(Pod::name), "Kubernetes pod"),
  POD_LABELS(
      "k8s.labels", cells(16), new Labels(event -> ofPod(event, Pod::labels)), "pod's labels"),
  POD_CONTAINER("k8s.container", cells(30), pod(Pod::containerName), "container's name in its pod"),
  HOST_NETWORK(
      "k8s.hostnetwork",
      cells(16).atMost(5),
      new Truth(event -> ofPod(event, Pod::hostNetwork)),
      "whether the pod uses the node's network"),
  TIMESTAMP(
      "timestamp",
      cells(35).atMost(35),
      new Moment(event -> true, DnsEvent::timestampNs),
      "time of the packet"),
  MOUNT_NS("mntns", cells(12).atMost(20), owner(Owner::mountNs), "mount namespace's inode number"),
  NET_NS("netns", cells(12).atMost(20), owner(Owner::netNs), "network namespace's inode number"),
  PID(
      "pid",
      cells(16).within(7, 10),
      shown(IG, KUBECTL),
      owner(Owner::pid),
      "process id in the host's pid namespace"),
  TID(
      "tid",
      cells(16).within(7, 10),
      shown(IG, KUBECTL),
      owner(Owner::tid),
      "thread id in the host's pid namespace"),
  PPID("ppid", cells(16).within(7, 10), owner(Owner::ppid), "parent's process id"),
  COMM(
      "comm",
      cells(16).atMost(16),
      shown(IG, KUBECTL),
      process(Owner::comm),
      "name of the thread that sent"),
  PCOMM("pcomm", cells(16).atMost(16), process(Owner::pcomm), "parent's name"),
  CWD(
      "cwd",
      cells(40),
      shown(PATHS),
      process(owner -> ofPaths(owner, Owner.Paths::cwd)),
      "process's working directory"),
  EXE_PATH(
      "exepath",
      cells(40),
      shown(PATHS),
      process(owner -> ofPaths(owner, Owner.Paths::exePath)),
      "process's executable"),
  UID("uid", cells(16).within(8, 10), owner(Owner::uid), "user id"),
  GID("gid", cells(16).within(8, 10), owner(Owner::gid), "group id"),
  USER("user", cells(16), hostAccount(Owner.Account::user), "user's name, outside containers"),
  GROUP("group", cells(16), hostAccount(Owner.Account::group), "group's name, outside containers"),
  START_TIME("starttime", cells(35).atMost(35), started(), "start of the process"),
  COMMAND_LINE(
      "cmdline",
      cells(40),
      process(owner -> ofPaths(owner, Owner.Paths::commandLine)),
      "process's command line"),
  SOURCE_IP(
      "srcIP",
      cells(16).within(15, 45),
      new Address(event -> event.source().address(), endpoint(EndpointNames::source)),
      "source address"),
  DESTINATION_IP(
      "dstIP",
      cells(16).within(15, 45),
      new Address(event -> event.destination().address(), endpoint(EndpointNames::destination)),
      "destination address"),
  SOURCE_PORT(
      "srcPort", cells(16).within(5, 5), whole(event -> event.source().port()), "source port"),
  DESTINATION_PORT(
      "dstPort",
      cells(16).within(5, 5),
      whole(event -> event.destination().port()),
      "destination port"),
  PROTOCOL("proto", cells(16).atMost(5), new Word(event -> event.protocol().name()), "UDP or TCP"),
  ID(
      "id",
      fixed(4),
      new Word(event -> HexFormat.of().toHexDigits((short) event.id())),
      "message's id, hexadecimal"),
  QR(
      "qr",
      fixed(2),
      shown(IG, KUBECTL),
      new Word(event -> event.qr().name()),
      "Q query, R response, T no answer in time"),
  NAMESERVER(
      "nameserver",
      cells(16).within(15, 45),
      shown(KUBECTL, WIDE, LOOKUPS),
      new Address(DnsEvent::nameserver, endpoint(EndpointNames::nameserver)),
      "address the application asked; source of a response"),
  TYPE(
      "type",
      cells(16).within(7, 9),
      shown(IG, KUBECTL),
      new Word(event -> nameOf(event.packetType())),
      "where the packet was going: HOST, OUTGOING…"),
  QTYPE(
      "qtype",
      cells(16).within(5, 10),
      shown(IG, KUBECTL),
      new Word(event -> ofQuestion(event, question -> RecordType.mnemonic(question.type()))),
      "type asked for"),
  NAME(
      "name",
      cells(30),
      shown(IG, KUBECTL),
      new Text(event -> ofQuestion(event, Question::name)),
      "name asked for"),
  RCODE(
      "rcode",
      cells(16).atLeast(8),
      shown(IG, KUBECTL),
      new Word(event -> mnemonicOf(event.rcode())),
      "response code"),
  LATENCY(
      "latency",
      cells(16).atMost(20),
      shown(WIDE, LOOKUPS),
      latency(),
      "time from the query to its response"),
  ANSWER_COUNT(
      "numAnswers",
      cells(8).atMost(8),
      shown(IG),
      whole(DnsEvent::answerCount),
      "records in the answer section"),
  ADDRESSES(
      "addresses",
      cells(32),
      shown(WIDE),
      new Addresses(DnsEvent::addresses),
      "addresses in the answer section"),
  FLAGS(
      "flags",
      cells(17),
      new Bits(DnsEvent::flags),
      "header bits that are set: aa, tc, rd, ra, ad, cd"),
  STATE(
      "state",
      cells(8).within(8, 10),
      shown(LOOKUPS),
      new Word(event -> lowerCase(event.state())),
      "answered, late, orphan, timeout or closed"),
  ATTRIBUTION(
      "attribution",
      cells(11),
      new Word(event -> lowerCase(event.attribution())),
      "certainty of the process: exact, socket or unknown"),
  SOURCE_ENDPOINT(
      "srcEndpoint",
      cells(30).cutInTheMiddle(),
      new Name(endpoint(EndpointNames::source)),
      "pod or service with the source address, if agents resolve them"),
  DESTINATION_ENDPOINT(
      "dstEndpoint",
      cells(30).cutInTheMiddle(),
      new Name(endpoint(EndpointNames::destination)),
      "pod or service with the destination address"),
  NAMESERVER_ENDPOINT(
      "nameserverEndpoint",
      cells(30).cutInTheMiddle(),
      new Name(endpoint(EndpointNames::nameserver)),
      "pod or service with the nameserver's address"),
  TRIES(
      "tries",
      cells(5).within(5, 8),
      shown(LOOKUPS),
      tries(),
      "of a lookup: how often it was asked"),
  ATTEMPTS(
      "attempts",
      cells(40),
      shown(WIDE_LOOKUPS),
      new Attempts(event -> ofLookup(event, Lookup::attempts)),
      "of a lookup: each try, how it ended and after what time"),
  TWIN(
      "twin",
      cells(8).within(8, 10),
      shown(WIDE_LOOKUPS),
      new Word(event -> lowerCase(ofLookup(event, Lookup::twin))),
      "of an A or AAAA lookup: state of the other one that was asked together with it"),
  HOP_TOOK(
      "hop.took",
      cells(16).atMost(20),
      hopTime(Upstream::tookNs),
      "of a lookup: time the process at the other end took, on this machine"),
  HOP_SERVER(
      "hop.server",
      cells(16).within(15, 45),
      new Address(event -> ofHop(event, Upstream::server), _ -> null),
      "whom it asked the same"),
  HOP_LATENCY("hop.latency", cells(16).atMost(20), hopTime(Upstream::latencyNs), "how long that took"),
  PEER_CONTAINER_NAME(
      "peer.containerName",
      cells(30),
      peerContainer(Container::name),
      "container of the process at the other end, on this machine"),
  PEER_NAMESPACE("peer.namespace", cells(30), peerPod(Pod::namespace), "its Kubernetes namespace"),
  PEER_POD("peer.podName", cells(30).cutInTheMiddle(), peerPod(Pod::name), "its Kubernetes pod"),
  PEER_PID("peer.pid", cells(16).within(7, 10), peer(Owner::pid), "its process id"),
  PEER_COMM("peer.comm", cells(16).atMost(16), peerProcess(Owner::comm), "its name");

  /// The JSON object a field stands in.
  public enum Group {
    RUNTIME,
    K8S,
    TOP,
    /// What the process at the other end of a lookup did; looked for only where it is shown or
    /// compared.
    HOP,
    /// Of the process at the other end; looked for only where it is shown or compared.
    PEER
  }

  /// When a column is shown without being asked for by name.
  public enum Shown {
    IG,
    KUBECTL,
    WIDE,
    PATHS,
    /// Rows stand for whole lookups.
    LOOKUPS,
    WIDE_LOOKUPS
  }

  private static final List<Field> ALL = List.of(values());

  private final String column;
  private final Width width;
  private final Set<Shown> shown;
  private final FieldValue value;
  private final String description;

  Field(String column, Width width, FieldValue value, String description) {
    this(column, width, Set.of(), value, description);
  }

  Field(String column, Width width, Set<Shown> shown, FieldValue value, String description) {
    this.column = column;
    this.width = width;
    this.shown = shown;
    this.value = value;
    this.description = description;
  }

  /// The name in `-o columns=` and `-F`, such as `runtime.containerName`.
  public String column() {
    return column;
  }

  /// Further names of the column.
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

  /// The key within [#group]'s JSON object.
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
      default -> column.substring(column.indexOf('.') + 1);
    };
  }

  public Width width() {
    return width;
  }

  public boolean isShownBy(Set<Shown> by) {
    return shown.stream().anyMatch(by::contains);
  }

  /// Whether it tells of one packet what a lookup has several of, or what is the same for all.
  public boolean isOfOnePacket() {
    return this == TID || this == QR || this == TYPE;
  }

  public FieldValue value() {
    return value;
  }

  /// Whether JSON has the value even if it is zero, so that root can be told from nobody.
  public boolean keepsZero() {
    return this == UID || this == GID;
  }

  /// A few words for `--help`.
  public String description() {
    return description;
  }

  /// All fields in the catalogue's order.
  public static List<Field> all() {
    return ALL;
  }

  private static Set<Shown> shown(Shown... by) {
    return Set.of(by);
  }
}
