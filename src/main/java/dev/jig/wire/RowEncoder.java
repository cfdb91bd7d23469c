package dev.jig.wire;

import dev.jig.event.Attempt;
import dev.jig.event.Cause;
import dev.jig.event.Dns;
import dev.jig.event.Endpoint;
import dev.jig.event.EndpointNames;
import dev.jig.event.Flow;
import dev.jig.event.Lookup;
import dev.jig.event.LookupRow;
import dev.jig.event.NameRow;
import dev.jig.event.Query;
import dev.jig.event.Question;
import dev.jig.event.Response;
import dev.jig.event.Row;
import dev.jig.event.Subject;
import dev.jig.event.Timeout;
import dev.jig.event.WireMessage;
import dev.jig.wire.proto.RowProto;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Encodes rows as a `RowBatch` (src/main/protobuf/row/row.proto). A new component of a row must be
/// added there, here and in [RowDecoder]; RowCodecTest compares every component.
///
/// Keeps the encoded containers, subjects and names of recent rows. For one thread.
public final class RowEncoder {
  private static final int CAPACITY = 4096;

  private final ProtoBytes out = new ProtoBytes(CAPACITY);
  private final PartEncoder parts;

  public RowEncoder() {
    this(Integer.MAX_VALUE);
  }

  /// @param maxContainerBytes a container that takes more is encoded without labels
  RowEncoder(int maxContainerBytes) {
    this.parts = new PartEncoder(out, maxContainerBytes);
  }

  /// The references of a row to parts of its batch, 0 where absent.
  private record References(
      int subject, int peer, int sourceName, int destinationName, int nameserverName) {}

  /// Encodes rows.
  public byte[] encode(List<Row> rows) {
    begin();
    rows.forEach(this::put);
    return out.toArray();
  }

  /// Begins a batch of one row.
  ///
  /// @return the batch, for bytes ahead of it
  ProtoBytes begin() {
    parts.beginBatch();
    return out.clear();
  }

  /// Adds a row and returns the batch; valid until the next call.
  ByteBuffer putWhole(Row row) {
    put(row);
    return out.view();
  }

  /// Adds what the packet of a row does not contain, and returns the batch; valid until the next
  /// call.
  ByteBuffer putBesidePacket(Row row) {
    References references = refer(row);
    int start = out.begin(RowProto.RowBatch.ROWS_FIELD_NUMBER);
    putSubjects(references);
    int flow = out.begin(RowProto.Row.FLOW_FIELD_NUMBER);
    putBesideHeaders(row.flow(), references);
    out.end(flow);
    putResult(row);
    out.end(start);
    return out.view();
  }

  private void put(Row row) {
    References references = refer(row);
    List<LookupRow> lookups = row instanceof NameRow name ? name.lookups() : List.of();
    List<References> ofLookups = lookups.stream().map(this::refer).toList();
    int start = out.begin(RowProto.RowBatch.ROWS_FIELD_NUMBER);
    putContent(row, references);
    if (row instanceof NameRow name) {
      put(name, ofLookups);
    }
    out.end(start);
  }

  private void putContent(Row row, References references) {
    out.putNumber(RowProto.Row.KIND_FIELD_NUMBER, kindOf(row).getNumber());
    out.putNumber(RowProto.Row.TIMESTAMP_NS_FIELD_NUMBER, row.timestampNs());
    putSubjects(references);
    int flow = out.begin(RowProto.Row.FLOW_FIELD_NUMBER);
    putHeaders(row.flow());
    putBesideHeaders(row.flow(), references);
    out.end(flow);
    put(row.dns());
    putResult(row);
  }

  private void put(NameRow row, List<References> ofLookups) {
    int start = out.begin(RowProto.Row.NAME_FIELD_NUMBER);
    out.putText(RowProto.Name.NAME_FIELD_NUMBER, row.name());
    out.putText(RowProto.Name.FOUND_FIELD_NUMBER, row.found());
    out.putNumber(RowProto.Name.OUTCOME_FIELD_NUMBER, RowEnums.OUTCOMES.numberOf(row.outcome()));
    out.putNumber(RowProto.Name.QUERIES_FIELD_NUMBER, row.queries());
    out.putNumber(RowProto.Name.WASTED_FIELD_NUMBER, row.wasted());
    out.putNumber(RowProto.Name.SEARCHED_FIELD_NUMBER, row.searched());
    row.addresses()
        .forEach(address -> out.putAddress(RowProto.Name.ADDRESSES_FIELD_NUMBER, address));
    out.putNumber(
        RowProto.Name.SEARCH_FROM_FIELD_NUMBER, RowEnums.SEARCH_SOURCES.numberOf(row.searchFrom()));
    for (int i = 0; i < ofLookups.size(); i++) {
      int lookup = out.begin(RowProto.Name.LOOKUPS_FIELD_NUMBER);
      putContent(row.lookups().get(i), ofLookups.get(i));
      out.end(lookup);
    }
    out.end(start);
  }

  /// Writes the parts that the batch does not contain yet: ahead of the row, which is a message of
  /// its own.
  private References refer(Row row) {
    Subject subject = row.subject();
    int own = PartEncoder.isUnknown(subject) ? 0 : parts.refer(subject);
    int peer = parts.refer(row.peer());
    EndpointNames names = row.flow().names();
    return names == null
        ? new References(own, peer, 0, 0, 0)
        : new References(
            own,
            peer,
            parts.refer(names.source()),
            parts.refer(names.destination()),
            parts.refer(names.nameserver()));
  }

  private static RowProto.Kind kindOf(Row row) {
    return switch (row) {
      case Query _ -> RowProto.Kind.KIND_QUERY;
      case Response _ -> RowProto.Kind.KIND_RESPONSE;
      case Timeout _ -> RowProto.Kind.KIND_TIMEOUT;
      case LookupRow _ -> RowProto.Kind.KIND_LOOKUP;
      case NameRow _ -> RowProto.Kind.KIND_NAME;
    };
  }

  private void putSubjects(References references) {
    out.putNumber(RowProto.Row.SUBJECT_FIELD_NUMBER, references.subject);
    out.putNumber(RowProto.Row.PEER_FIELD_NUMBER, references.peer);
  }

  private void putHeaders(Flow flow) {
    put(RowProto.Flow.SOURCE_FIELD_NUMBER, flow.source());
    put(RowProto.Flow.DESTINATION_FIELD_NUMBER, flow.destination());
    out.putNumber(
        RowProto.Flow.PROTOCOL_FIELD_NUMBER, RowEnums.PROTOCOLS.numberOf(flow.protocol()));
  }

  private void put(int field, Endpoint endpoint) {
    int start = out.begin(field);
    out.putAddress(RowProto.Endpoint.ADDRESS_FIELD_NUMBER, endpoint.address());
    out.putNumber(RowProto.Endpoint.PORT_FIELD_NUMBER, endpoint.port());
    out.end(start);
  }

  private void putBesideHeaders(Flow flow, References references) {
    out.putNumber(
        RowProto.Flow.PACKET_TYPE_FIELD_NUMBER, RowEnums.PACKET_TYPES.numberOf(flow.packetType()));
    out.putAddress(RowProto.Flow.NAMESERVER_FIELD_NUMBER, flow.nameserver());
    out.putNumber(RowProto.Flow.SOURCE_NAME_FIELD_NUMBER, references.sourceName);
    out.putNumber(RowProto.Flow.DESTINATION_NAME_FIELD_NUMBER, references.destinationName);
    out.putNumber(RowProto.Flow.NAMESERVER_NAME_FIELD_NUMBER, references.nameserverName);
  }

  private void put(Dns dns) {
    int start = out.begin(RowProto.Row.DNS_FIELD_NUMBER);
    out.putNumber(RowProto.Dns.ID_FIELD_NUMBER, dns.id());
    Question question = dns.question();
    if (question != null) {
      int nested = out.begin(RowProto.Dns.QUESTION_FIELD_NUMBER);
      out.putText(RowProto.Question.NAME_FIELD_NUMBER, question.name());
      out.putNumber(RowProto.Question.TYPE_FIELD_NUMBER, question.type());
      out.end(nested);
    }
    out.putNumber(RowProto.Dns.FLAGS_FIELD_NUMBER, dns.flags().bits());
    out.putNumber(RowProto.Dns.RCODE_FIELD_NUMBER, dns.rcode());
    out.putNumber(RowProto.Dns.ANSWER_COUNT_FIELD_NUMBER, dns.answerCount());
    out.putBoolean(RowProto.Dns.IS_OF_TYPE_FIELD_NUMBER, dns.isOfType());
    dns.addresses()
        .forEach(address -> out.putAddress(RowProto.Dns.ADDRESSES_FIELD_NUMBER, address));
    WireMessage message = dns.message();
    if (message != null) {
      out.putBytes(RowProto.Dns.MESSAGE_FIELD_NUMBER, message.toBytes());
    }
    out.end(start);
  }

  private void putResult(Row row) {
    out.putNumber(RowProto.Row.STATE_FIELD_NUMBER, RowEnums.STATES.numberOf(row.state()));
    put(RowProto.Row.CAUSE_FIELD_NUMBER, row.cause());
    if (row.latencyNs() != Row.NO_LATENCY) {
      out.putPresentNumber(RowProto.Row.LATENCY_NS_FIELD_NUMBER, row.latencyNs());
    }
    Lookup lookup = row.lookup();
    if (lookup != null) {
      put(lookup);
    }
  }

  private void put(int field, @Nullable Cause cause) {
    if (cause == null) {
      return;
    }
    int start = out.begin(field);
    out.putText(RowProto.Cause.REASON_FIELD_NUMBER, cause.reason());
    out.putNumber(RowProto.Cause.AT_FIELD_NUMBER, RowEnums.PLACES.numberOf(cause.at()));
    out.end(start);
  }

  private void put(Lookup lookup) {
    int start = out.begin(RowProto.Row.LOOKUP_FIELD_NUMBER);
    out.putNumber(RowProto.Lookup.TRIES_FIELD_NUMBER, lookup.tries());
    lookup.attempts().forEach(this::put);
    out.putNumber(
        RowProto.Lookup.TWIN_STATE_FIELD_NUMBER, RowEnums.STATES.numberOf(lookup.twinState()));
    put(lookup.upstream());
    Long pairNs = lookup.pairNs();
    if (pairNs != null) {
      out.putPresentNumber(RowProto.Lookup.PAIR_NS_FIELD_NUMBER, pairNs);
    }
    out.end(start);
  }

  private void put(Attempt attempt) {
    int start = out.begin(RowProto.Lookup.ATTEMPTS_FIELD_NUMBER);
    out.putNumber(RowProto.Attempt.TIMESTAMP_NS_FIELD_NUMBER, attempt.timestampNs());
    out.putNumber(
        RowProto.Attempt.PROTOCOL_FIELD_NUMBER, RowEnums.PROTOCOLS.numberOf(attempt.protocol()));
    out.putAddress(RowProto.Attempt.NAMESERVER_FIELD_NUMBER, attempt.nameserver());
    out.putNumber(RowProto.Attempt.ID_FIELD_NUMBER, attempt.id());
    out.putNumber(
        RowProto.Attempt.STATE_FIELD_NUMBER, RowEnums.ATTEMPT_STATES.numberOf(attempt.state()));
    put(RowProto.Attempt.CAUSE_FIELD_NUMBER, attempt.cause());
    out.putNumber(RowProto.Attempt.DURATION_NS_FIELD_NUMBER, attempt.durationNs());
    Integer rcode = attempt.rcode();
    if (rcode != null) {
      out.putPresentNumber(RowProto.Attempt.RCODE_FIELD_NUMBER, rcode);
    }
    out.putNumber(RowProto.Attempt.MESSAGES_FIELD_NUMBER, attempt.messages());
    out.end(start);
  }

  private void put(Lookup.@Nullable Upstream upstream) {
    if (upstream == null) {
      return;
    }
    int start = out.begin(RowProto.Lookup.UPSTREAM_FIELD_NUMBER);
    Long serviceNs = upstream.serviceNs();
    if (serviceNs != null) {
      out.putPresentNumber(RowProto.Upstream.SERVICE_NS_FIELD_NUMBER, serviceNs);
    }
    out.putAddress(RowProto.Upstream.NEXT_SERVER_FIELD_NUMBER, upstream.nextServer());
    Long nextLatencyNs = upstream.nextLatencyNs();
    if (nextLatencyNs != null) {
      out.putPresentNumber(RowProto.Upstream.NEXT_LATENCY_NS_FIELD_NUMBER, nextLatencyNs);
    }
    out.end(start);
  }
}
