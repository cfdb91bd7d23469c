package dev.jig.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.jig.event.Attempt;
import dev.jig.event.AttemptState;
import dev.jig.event.Cause;
import dev.jig.event.Dns;
import dev.jig.event.Endpoint;
import dev.jig.event.EndpointName;
import dev.jig.event.EndpointNames;
import dev.jig.event.Flags;
import dev.jig.event.Flow;
import dev.jig.event.IpAddress;
import dev.jig.event.Lookup;
import dev.jig.event.LookupRow;
import dev.jig.event.NameRow;
import dev.jig.event.Outcome;
import dev.jig.event.Protocol;
import dev.jig.event.Query;
import dev.jig.event.Question;
import dev.jig.event.Response;
import dev.jig.event.Row;
import dev.jig.event.State;
import dev.jig.event.Subject;
import dev.jig.event.Timeout;
import dev.jig.event.WireMessage;
import dev.jig.wire.PartDecoder.Parts;
import dev.jig.wire.proto.RowProto;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Decodes what [RowEncoder] encoded. Rows of all batches share equal containers, owners and
/// subjects. For one thread.
public final class RowDecoder {
  /// 4 bits of the header and 8 of the OPT record (RFC 6891 section 6.1.3).
  private static final int MAX_RCODE = 0xfff;

  /// 255 bytes (RFC 1035 section 3.1), each at most four characters, and dots.
  private static final int MAX_NAME_CHARS = 4 * 255;

  /// The longest name in include/net/dropreason-core.h has less.
  private static final int MAX_REASON_CHARS = 64;

  private final PartDecoder parts;

  /// @param node the node of rows that do not name theirs; null: none
  public RowDecoder(@Nullable String node) {
    this.parts = new PartDecoder(node);
  }

  /// Decodes a batch.
  ///
  /// @throws InvalidProtocolBufferException if it is damaged
  public List<Row> decode(ByteString batch) throws InvalidProtocolBufferException {
    RowProto.RowBatch from = RowProto.RowBatch.parseFrom(batch);
    Parts shared = parts.decode(from);
    List<Row> rows = new ArrayList<>(from.getRowsCount());
    for (RowProto.Row row : from.getRowsList()) {
      rows.add(decode(row, shared));
    }
    return rows;
  }

  /// The parts of a batch.
  Parts decodeParts(RowProto.RowBatch batch) throws InvalidProtocolBufferException {
    return parts.decode(batch);
  }

  static Row decode(RowProto.Row from, Parts parts) throws InvalidProtocolBufferException {
    long timeNs = from.getTimestampNs();
    Subject subject = parts.subject(from.getSubject());
    Subject peer = parts.peer(from.getPeer());
    Flow flow = decode(from.getFlow(), parts);
    Dns dns = decode(from.getDns());
    Cause cause = cause(from);
    long latencyNs = latencyNs(from);
    return switch (from.getKind()) {
      case KIND_QUERY -> new Query(timeNs, subject, flow, dns, cause, peer);
      case KIND_RESPONSE ->
          new Response(timeNs, subject, flow, dns, state(from, true), latencyNs, peer);
      case KIND_TIMEOUT -> new Timeout(timeNs, subject, flow, dns, state(from, false), cause, peer);
      case KIND_LOOKUP ->
          new LookupRow(
              timeNs,
              subject,
              flow,
              dns,
              state(from),
              cause,
              latencyNs,
              peer,
              decode(from.getLookup()));
      case KIND_NAME -> decodeName(from, parts, subject, flow, dns);
      case KIND_UNSPECIFIED, UNRECOGNIZED ->
          throw new InvalidProtocolBufferException("a row of kind " + from.getKindValue());
    };
  }

  private static NameRow decodeName(
      RowProto.Row row, Parts parts, Subject subject, Flow flow, Dns dns)
      throws InvalidProtocolBufferException {
    RowProto.Name from = row.getName();
    Outcome outcome = RowEnums.OUTCOMES.of(from.getOutcomeValue());
    if (outcome == null) {
      throw new InvalidProtocolBufferException("a name with outcome " + from.getOutcomeValue());
    }
    return new NameRow(
        row.getTimestampNs(),
        subject,
        flow,
        dns,
        name(from.getName()),
        from.hasFound() ? name(from.getFound()) : null,
        outcome,
        from.getQueries(),
        from.getWasted(),
        from.getSearched(),
        latencyNs(row),
        addresses(from.getAddressesList()),
        RowEnums.SEARCH_SOURCES.of(from.getSearchFromValue()),
        decodeLookups(from, parts));
  }

  private static List<LookupRow> decodeLookups(RowProto.Name from, Parts parts)
      throws InvalidProtocolBufferException {
    List<LookupRow> lookups = new ArrayList<>(from.getLookupsCount());
    for (RowProto.Row lookup : from.getLookupsList()) {
      if (lookup.getKind() != RowProto.Kind.KIND_LOOKUP
          || !(decode(lookup, parts) instanceof LookupRow decoded)) {
        throw new InvalidProtocolBufferException(
            "a name with a row of kind " + lookup.getKindValue());
      }
      lookups.add(decoded);
    }
    return lookups;
  }

  private static List<IpAddress> addresses(List<ByteString> from)
      throws InvalidProtocolBufferException {
    IpAddress[] addresses = new IpAddress[from.size()];
    for (int i = 0; i < addresses.length; i++) {
      addresses[i] = PartDecoder.address(from.get(i));
    }
    return List.of(addresses);
  }

  private static State state(RowProto.Row from) throws InvalidProtocolBufferException {
    State state = RowEnums.STATES.of(from.getStateValue());
    if (state == null) {
      throw new InvalidProtocolBufferException("a row with state " + from.getStateValue());
    }
    return state;
  }

  private static State state(RowProto.Row from, boolean isResponse)
      throws InvalidProtocolBufferException {
    State state = state(from);
    if (state.isOfResponse() != isResponse) {
      throw new InvalidProtocolBufferException(
          "kind " + from.getKindValue() + " with state " + state);
    }
    return state;
  }

  static long latencyNs(RowProto.Row from) {
    return from.hasLatencyNs() ? from.getLatencyNs() : Row.NO_LATENCY;
  }

  static @Nullable Cause cause(RowProto.Row from) throws InvalidProtocolBufferException {
    return from.hasCause() ? decode(from.getCause()) : null;
  }

  private static Cause decode(RowProto.Cause from) throws InvalidProtocolBufferException {
    String reason = from.getReason();
    Cause.Place at = RowEnums.PLACES.of(from.getAtValue());
    if (!isReason(reason) || at == null) {
      throw new InvalidProtocolBufferException("a cause without a valid reason or place");
    }
    return new Cause(reason, at);
  }

  private static boolean isReason(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_REASON_CHARS
        && text.chars().allMatch(c -> c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_');
  }

  private static Flow decode(RowProto.Flow from, Parts parts)
      throws InvalidProtocolBufferException {
    Protocol protocol = RowEnums.PROTOCOLS.of(from.getProtocolValue());
    if (protocol == null) {
      throw new InvalidProtocolBufferException("a flow of protocol " + from.getProtocolValue());
    }
    return new Flow(
        decode(from.getSource()),
        decode(from.getDestination()),
        protocol,
        RowEnums.PACKET_TYPES.of(from.getPacketTypeValue()),
        PartDecoder.addressOrNull(from.getNameserver()),
        names(from, parts));
  }

  static @Nullable EndpointNames names(RowProto.Flow from, Parts parts)
      throws InvalidProtocolBufferException {
    EndpointName source = parts.name(from.getSourceName());
    EndpointName destination = parts.name(from.getDestinationName());
    EndpointName nameserver = parts.name(from.getNameserverName());
    return source == null && destination == null && nameserver == null
        ? null
        : new EndpointNames(source, destination, nameserver);
  }

  private static Endpoint decode(RowProto.Endpoint from) throws InvalidProtocolBufferException {
    return new Endpoint(PartDecoder.address(from.getAddress()), PartDecoder.u16(from.getPort()));
  }

  private static Dns decode(RowProto.Dns from) throws InvalidProtocolBufferException {
    return new Dns(
        PartDecoder.u16(from.getId()),
        from.hasQuestion() ? decode(from.getQuestion()) : null,
        Flags.ofBits(from.getFlags()),
        PartDecoder.upTo(MAX_RCODE, from.getRcode()),
        PartDecoder.u16(from.getAnswerCount()),
        from.getIsOfType(),
        addresses(from.getAddressesList()),
        from.hasMessage()
            ? WireMessage.of(from.getMessage().toByteArray(), 0, from.getMessage().size())
            : null);
  }

  private static Question decode(RowProto.Question from) throws InvalidProtocolBufferException {
    return new Question(name(from.getName()), PartDecoder.u16(from.getType()));
  }

  private static String name(String text) throws InvalidProtocolBufferException {
    if (text.length() > MAX_NAME_CHARS || !text.chars().allMatch(c -> c >= ' ' && c <= '~')) {
      throw new InvalidProtocolBufferException("not a name in presentation form");
    }
    return text;
  }

  private static Lookup decode(RowProto.Lookup from) throws InvalidProtocolBufferException {
    PartDecoder.upTo(Lookup.MAX_ATTEMPTS, from.getAttemptsCount());
    List<Attempt> attempts = new ArrayList<>(from.getAttemptsCount());
    for (RowProto.Attempt attempt : from.getAttemptsList()) {
      attempts.add(decode(attempt));
    }
    return new Lookup(
        from.getTries(),
        attempts,
        RowEnums.STATES.of(from.getTwinStateValue()),
        from.hasUpstream() ? decode(from.getUpstream()) : null,
        from.hasPairNs() ? from.getPairNs() : null);
  }

  private static Attempt decode(RowProto.Attempt from) throws InvalidProtocolBufferException {
    Protocol protocol = RowEnums.PROTOCOLS.of(from.getProtocolValue());
    AttemptState state = RowEnums.ATTEMPT_STATES.of(from.getStateValue());
    if (protocol == null || state == null) {
      throw new InvalidProtocolBufferException("an attempt without protocol or state");
    }
    return new Attempt(
        from.getTimestampNs(),
        protocol,
        PartDecoder.addressOrNull(from.getNameserver()),
        PartDecoder.u16(from.getId()),
        state,
        from.hasCause() ? decode(from.getCause()) : null,
        from.getDurationNs(),
        from.hasRcode() ? PartDecoder.upTo(MAX_RCODE, from.getRcode()) : null,
        from.getMessages());
  }

  private static Lookup.Upstream decode(RowProto.Upstream from)
      throws InvalidProtocolBufferException {
    return new Lookup.Upstream(
        from.hasServiceNs() ? from.getServiceNs() : null,
        PartDecoder.addressOrNull(from.getNextServer()),
        from.hasNextLatencyNs() ? from.getNextLatencyNs() : null);
  }
}
