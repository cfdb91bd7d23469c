package dev.jig.match;

import dev.jig.capture.Packet;
import dev.jig.dns.DnsMessage;
import dev.jig.event.Attribution;
import dev.jig.event.Container;
import dev.jig.event.Row;
import dev.jig.event.Endpoint;
import dev.jig.event.Flags;
import dev.jig.event.Question;
import dev.jig.event.IpAddress;
import dev.jig.event.Lookup;
import dev.jig.event.Owner;
import dev.jig.event.Peer;
import dev.jig.event.Qr;
import dev.jig.event.State;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Builds rows from packets and their messages, and from rows.
public final class Rows {
  private Rows() {}

  /// The row of a query. Its nameserver is the address that the application asked, before any NAT.
  public static Row query(
      Packet packet,
      DnsMessage message,
      @Nullable Container container,
      @Nullable Owner owner,
      @Nullable Peer peer) {
    IpAddress nameserver = packet.nameserver();
    return new Row(
        packet.timeNs(),
        container,
        owner,
        packet.attribution(),
        new Endpoint(packet.source(), packet.sourcePort()),
        new Endpoint(packet.destination(), packet.destinationPort()),
        packet.protocol(),
        packet.type(),
        nameserver != null ? nameserver : packet.destination(),
        Qr.Q,
        message.id(),
        question(message),
        flags(message),
        null,
        null,
        message.answerCount(),
        addresses(message),
        null,
        null,
        peer);
  }

  /// The row of a response. On a client's socket its owner is the matched query's, else the
  /// packet's. On a server's socket its peer is the matched query's.
  ///
  /// @param own the packet's owner with the details to show
  /// @param query the query that it answers; null if none was seen
  /// @param sender the process that sent what a client received; null if not on this machine
  public static Row response(
      Packet packet,
      DnsMessage message,
      @Nullable Container container,
      @Nullable Owner own,
      @Nullable PendingQuery query,
      @Nullable Peer sender) {
    Owner owner = own;
    Peer peer = sender;
    Attribution attribution = packet.attribution();
    if (query != null && query.key.role() == Role.CLIENT && query.hasOwner()) {
      owner = query.event.owner();
      attribution = query.event.attribution();
    }
    if (query != null && query.key.role() == Role.SERVER) {
      peer = query.event.peer();
    }
    State state = State.ORPHAN;
    Long latencyNs = null;
    if (query != null) {
      state = query.reported ? State.LATE : State.ANSWERED;
      latencyNs = packet.bootNs() - query.firstBootNs;
    }
    return new Row(
        packet.timeNs(),
        container,
        owner,
        attribution,
        new Endpoint(packet.source(), packet.sourcePort()),
        new Endpoint(packet.destination(), packet.destinationPort()),
        packet.protocol(),
        packet.type(),
        packet.source(),
        Qr.R,
        message.id(),
        question(message),
        flags(message),
        message.rcode(),
        latencyNs,
        message.answerCount(),
        addresses(message),
        state,
        null,
        peer);
  }

  /// The T row of a query.
  ///
  /// @param afterNs from the query to the row's timestamp
  public static Row unanswered(Row query, State state, long afterNs) {
    return new Row(
        query.timestampNs() + afterNs,
        query.container(),
        query.owner(),
        query.attribution(),
        query.source(),
        query.destination(),
        query.protocol(),
        query.packetType(),
        query.nameserver(),
        Qr.T,
        query.id(),
        query.question(),
        null,
        null,
        null,
        0,
        List.of(),
        state,
        query.node(),
        null);
  }

  /// The row of a whole lookup.
  ///
  /// @param first its first query: gives client, question and time
  /// @param last the query that was answered, or the last one: gives endpoints and id
  /// @param answer null if there was none
  static Row lookup(
      Row first,
      Row last,
      @Nullable Row answer,
      @Nullable Long latencyNs,
      int answerCount,
      State state,
      Lookup lookup) {
    return new Row(
        first.timestampNs(),
        first.container(),
        first.owner(),
        first.attribution(),
        last.source(),
        last.destination(),
        last.protocol(),
        last.packetType(),
        last.nameserver(),
        answer == null ? Qr.T : Qr.R,
        last.id(),
        first.question(),
        answer == null ? null : answer.flags(),
        answer == null ? null : answer.rcode(),
        latencyNs,
        answerCount,
        answer == null ? List.of() : answer.addresses(),
        state,
        first.node(),
        answer == null ? null : answer.peer(),
        answer == null ? null : answer.message(),
        null,
        lookup);
  }

  /// The lookup row of a response to no query that was seen, with its receiver as the client.
  static Row orphan(Row answer) {
    return new Row(
        answer.timestampNs(),
        answer.container(),
        answer.owner(),
        answer.attribution(),
        /* source= */ answer.destination(),
        /* destination= */ answer.source(),
        answer.protocol(),
        answer.packetType(),
        answer.nameserver(),
        Qr.R,
        answer.id(),
        answer.question(),
        answer.flags(),
        answer.rcode(),
        null,
        answer.answerCount(),
        answer.addresses(),
        State.ORPHAN,
        answer.node(),
        answer.peer(),
        answer.message(),
        null,
        new Lookup(0, List.of(), null, null));
  }

  private static @Nullable Question question(DnsMessage message) {
    return message.hasQuestion()
        ? new Question(message.questionName(), message.questionType())
        : null;
  }

  private static Flags flags(DnsMessage message) {
    return Flags.of(
        message.aa(), message.tc(), message.rd(), message.ra(), message.ad(), message.cd());
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
