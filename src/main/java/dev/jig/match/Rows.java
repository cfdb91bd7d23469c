package dev.jig.match;

import dev.jig.capture.Packet;
import dev.jig.dns.DnsMessage;
import dev.jig.event.Attempt;
import dev.jig.event.AttemptState;
import dev.jig.event.Attribution;
import dev.jig.event.Cause;
import dev.jig.event.Container;
import dev.jig.event.Dns;
import dev.jig.event.Endpoint;
import dev.jig.event.Flags;
import dev.jig.event.Flow;
import dev.jig.event.IpAddress;
import dev.jig.event.Lookup;
import dev.jig.event.LookupRow;
import dev.jig.event.Owner;
import dev.jig.event.PacketType;
import dev.jig.event.Protocol;
import dev.jig.event.Query;
import dev.jig.event.Question;
import dev.jig.event.Response;
import dev.jig.event.Row;
import dev.jig.event.State;
import dev.jig.event.Subject;
import dev.jig.event.Timeout;
import dev.jig.table.DirectMapped;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Builds rows from packets and their messages, and from rows. Rows of one process share their
/// subject, rows of one socket their flow: both are kept in direct-mapped tables and compared by
/// the identity of their parts, which the capture shares too.
public final class Rows {
  private static final int SLOTS = 1024;

  private final DirectMapped<Subject> subjects = new DirectMapped<>(SLOTS);
  private final DirectMapped<Flow> flows = new DirectMapped<>(SLOTS);

  /// The row of a query. Its nameserver is the address that the application asked, before any NAT.
  ///
  /// @param owner the packet's owner with the details to show
  /// @param peer the process that sent what a server received; null if not on this machine
  public Query query(
      Packet packet,
      DnsMessage message,
      @Nullable Container container,
      @Nullable Owner owner,
      @Nullable Subject peer) {
    IpAddress nameserver = packet.nameserver();
    return new Query(
        packet.timeNs(),
        subject(container, owner, packet.attribution()),
        flow(packet, nameserver != null ? nameserver : packet.destination()),
        dns(message, question(message), 0),
        /* cause= */ null,
        peer);
  }

  /// The row of a response. On a client's socket its owner is the matched query's, else the
  /// packet's. On a server's socket its peer is the matched query's.
  ///
  /// @param own the packet's owner with the details to show
  /// @param query the query that it answers; null if none waits
  /// @param answered the query that was answered before; null if none was seen
  /// @param sender the process that sent what a client received; null if not on this machine
  public Response response(
      Packet packet,
      DnsMessage message,
      @Nullable Container container,
      @Nullable Owner own,
      @Nullable PendingQuery query,
      AnsweredQueries.@Nullable Entry answered,
      @Nullable Subject sender) {
    Subject client = query != null ? query.client() : answered != null ? answered.client() : null;
    Subject subject =
        client != null && client.owner() != null
            ? subject(container, client.owner(), client.attribution())
            : subject(container, own, packet.attribution());
    return new Response(
        packet.timeNs(),
        subject,
        flow(packet, packet.source()),
        dns(message, question(message, query), message.rcode()),
        state(query, answered),
        latencyNs(packet, query, answered),
        query != null && query.key.role() == Role.SERVER ? query.row.peer() : sender);
  }

  private static State state(
      @Nullable PendingQuery query, AnsweredQueries.@Nullable Entry answered) {
    if (query != null) {
      return query.reported ? State.LATE : State.ANSWERED;
    }
    return answered != null ? answered.state() : State.ORPHAN;
  }

  private static long latencyNs(
      Packet packet, @Nullable PendingQuery query, AnsweredQueries.@Nullable Entry answered) {
    if (query != null) {
      return packet.bootNs() - query.firstBootNs;
    }
    return answered != null ? packet.bootNs() - answered.firstBootNs() : Row.NO_LATENCY;
  }

  /// A subject of these parts.
  @SuppressWarnings("ReferenceEquality") // parts are shared; an equal one makes only a new subject
  public Subject subject(
      @Nullable Container container, @Nullable Owner owner, Attribution attribution) {
    int hash = Subject.tableHash(container, owner, attribution);
    Subject cached = subjects.get(hash);
    if (cached != null
        && cached.owner() == owner
        && cached.container() == container
        && cached.attribution() == attribution) {
      return cached;
    }
    Subject made = new Subject(null, container, owner, attribution);
    subjects.put(hash, made);
    return made;
  }

  private Flow flow(Packet packet, IpAddress nameserver) {
    PacketType type = packet.type();
    long hash = packet.source().low() * 31 + packet.destination().low();
    hash = (hash * 31 + packet.sourcePort()) * 31 + packet.destinationPort();
    hash = hash * 31 + (type == null ? 0 : type.number());
    Flow cached = flows.get(hash);
    if (cached != null && isFlowOf(packet, nameserver, cached)) {
      return cached;
    }
    Flow made =
        new Flow(
            new Endpoint(packet.source(), packet.sourcePort()),
            new Endpoint(packet.destination(), packet.destinationPort()),
            packet.protocol(),
            type,
            nameserver);
    flows.put(hash, made);
    return made;
  }

  @SuppressWarnings("ReferenceEquality") // the capture shares addresses; a copy costs only a flow
  private static boolean isFlowOf(Packet packet, IpAddress nameserver, Flow flow) {
    return flow.source().address() == packet.source()
        && flow.source().port() == packet.sourcePort()
        && flow.destination().address() == packet.destination()
        && flow.destination().port() == packet.destinationPort()
        && flow.nameserver() == nameserver
        && flow.packetType() == packet.type()
        && flow.protocol() == packet.protocol();
  }

  /// The T row of a query.
  ///
  /// @param afterNs from the query to the row's timestamp
  /// @param cause why there was no response; null where unknown
  /// @param receiver the process of this machine that it reached; null if it was seen at none
  public static Timeout unanswered(
      Query query, State state, long afterNs, @Nullable Cause cause, @Nullable Subject receiver) {
    Dns dns = query.dns();
    return new Timeout(
        query.timestampNs() + afterNs,
        query.subject(),
        query.flow(),
        Dns.ofQuestion(dns.id(), dns.question()),
        state,
        cause,
        receiver);
  }

  /// The row of a whole lookup.
  ///
  /// @param first its first query: gives client, question and time
  /// @param last the query that was answered, or the last one: gives flow and id
  /// @param answer null if there was none
  /// @param cause why the last query got no answer; null where unknown
  /// @param receiver the process of this machine that an unanswered query reached, if any
  static LookupRow lookup(
      Query first,
      Query last,
      @Nullable Response answer,
      @Nullable Cause cause,
      @Nullable Subject receiver,
      long latencyNs,
      int answerCount,
      State state,
      Lookup lookup) {
    Question question = first.dns().question();
    int id = last.dns().id();
    Dns answered = answer == null ? null : answer.dns();
    return new LookupRow(
        first.timestampNs(),
        first.subject(),
        last.flow(),
        answered == null
            ? Dns.ofQuestion(id, question)
            : new Dns(
                id,
                question,
                answered.flags(),
                answered.rcode(),
                answerCount,
                answered.isOfType(),
                answered.addresses(),
                answered.message()),
        state,
        cause,
        latencyNs,
        answer == null ? receiver : answer.peer(),
        lookup);
  }

  /// The T row of a connect() or send to a server of which no packet left. What it was to ask, and
  /// from which address, is not known.
  public Timeout unsent(
      Packet packet, IpAddress server, @Nullable Container container, @Nullable Owner owner) {
    IpAddress unspecified = server.version() == 4 ? IpAddress.v4(0) : IpAddress.v6(0, 0);
    Flow flow =
        new Flow(
            new Endpoint(unspecified, 0),
            new Endpoint(server, packet.nameserverPort()),
            packet.protocol(),
            PacketType.OUTGOING,
            server);
    return new Timeout(
        packet.timeNs(),
        subject(container, owner, packet.attribution()),
        flow,
        Dns.ofQuestion(0, null),
        State.CLOSED,
        new Cause(Cause.NO_PACKET_LEFT, Cause.Place.CLIENT),
        null);
  }

  /// The row of a lookup with one query, which never left the machine.
  ///
  /// @param refused its T row
  public static LookupRow lookupOfRefused(Timeout refused) {
    Flow flow = refused.flow();
    Attempt attempt =
        new Attempt(
            refused.timestampNs(),
            flow.protocol(),
            flow.nameserver(),
            refused.dns().id(),
            AttemptState.CLOSED,
            refused.cause(),
            /* durationNs= */ 0,
            /* rcode= */ null,
            /* messages= */ 0);
    return new LookupRow(
        refused.timestampNs(),
        refused.subject(),
        flow,
        refused.dns(),
        refused.state(),
        refused.cause(),
        Row.NO_LATENCY,
        refused.peer(),
        new Lookup(1, List.of(attempt), null, null, null));
  }

  /// The row of a TCP connection, in place of that of the query that it is for. Its client's port
  /// is not known.
  ///
  /// @param first gives client and question
  /// @param truncated the query with the truncated answer
  static Query connection(Query first, Query truncated, Packet connect) {
    IpAddress nameserver = connect.nameserver();
    IpAddress server = nameserver == null ? IpAddress.v4(0) : nameserver;
    Flow flow =
        new Flow(
            new Endpoint(truncated.flow().source().address(), 0),
            new Endpoint(server, connect.nameserverPort()),
            Protocol.TCP,
            PacketType.OUTGOING,
            nameserver);
    Dns dns = Dns.ofQuestion(truncated.dns().id(), first.dns().question());
    return new Query(connect.timeNs(), first.subject(), flow, dns, null, null);
  }

  /// The row, beside those of lookups, of a response to no query that waits, with its receiver as
  /// the client.
  static LookupRow unexpected(Response answer) {
    Flow flow = answer.flow();
    return new LookupRow(
        answer.timestampNs(),
        answer.subject(),
        new Flow(
            /* source= */ flow.destination(),
            /* destination= */ flow.source(),
            flow.protocol(),
            flow.packetType(),
            flow.nameserver()),
        answer.dns(),
        answer.state(),
        /* cause= */ null,
        answer.latencyNs(),
        answer.peer(),
        new Lookup(0, List.of(), null, null, null));
  }

  private static @Nullable Question question(DnsMessage message) {
    return message.hasQuestion()
        ? new Question(message.questionName(), message.questionType())
        : null;
  }

  /// A response shares its query's question, which is equal but perhaps for the case of letters.
  private static @Nullable Question question(DnsMessage response, @Nullable PendingQuery query) {
    if (query == null || query.upperCaseQuestion || response.hasUpperCaseQuestion()) {
      return question(response);
    }
    Question asked = query.row.dns().question();
    return asked == null || !response.hasQuestion() ? question(response) : asked;
  }

  private static Dns dns(DnsMessage message, @Nullable Question question, int rcode) {
    return new Dns(
        message.id(),
        question,
        Flags.of(
            message.aa(), message.tc(), message.rd(), message.ra(), message.ad(), message.cd()),
        rcode,
        message.answerCount(),
        message.hasAnswerOfType(),
        addresses(message),
        null);
  }

  private static List<IpAddress> addresses(DnsMessage message) {
    int count = message.addressCount();
    if (count == 0) {
      return List.of();
    }
    IpAddress[] found = new IpAddress[count];
    for (int i = 0; i < count; i++) {
      found[i] = IpAddress.of(message.buffer(), message.addressOffset(i), message.addressLength(i));
    }
    return List.of(found);
  }
}
