package dev.jig.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.jig.event.Cause;
import dev.jig.event.EndpointNames;
import dev.jig.event.Flow;
import dev.jig.event.IpAddress;
import dev.jig.event.LookupRow;
import dev.jig.event.NameRow;
import dev.jig.event.PacketType;
import dev.jig.event.Query;
import dev.jig.event.Response;
import dev.jig.event.Row;
import dev.jig.event.State;
import dev.jig.event.Subject;
import dev.jig.event.Timeout;
import dev.jig.wire.PartDecoder.Parts;
import dev.jig.wire.proto.RowProto;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The row of a custom option of a pcapng block, as [PcapngOptionReader] read it.
///
/// The option of a packet block holds the components of the row that the packet does not contain;
/// the packet's own data takes precedence, since other tools may have shifted its time or rewritten
/// its addresses. The option of a custom block holds a whole row for which there is no packet (T).
public final class PcapngRowOption {
  private final Subject subject;
  private final @Nullable Subject peer;
  private final @Nullable PacketType packetType;
  private final @Nullable IpAddress nameserver;
  private final @Nullable EndpointNames names;
  private final @Nullable State state;
  private final @Nullable Cause cause;
  private final long latencyNs;
  private final @Nullable Timeout standalone;

  /// @throws InvalidProtocolBufferException if a part is not valid
  PcapngRowOption(RowProto.Row from, Parts parts) throws InvalidProtocolBufferException {
    RowProto.Flow flow = from.getFlow();
    subject = parts.subject(from.getSubject());
    peer = parts.peer(from.getPeer());
    packetType = RowEnums.PACKET_TYPES.of(flow.getPacketTypeValue());
    nameserver = PartDecoder.addressOrNull(flow.getNameserver());
    names = RowDecoder.names(flow, parts);
    state = RowEnums.STATES.of(from.getStateValue());
    cause = RowDecoder.cause(from);
    latencyNs = RowDecoder.latencyNs(from);
    standalone =
        from.getKind() == RowProto.Kind.KIND_UNSPECIFIED
            ? null
            : RowDecoder.decode(from, parts) instanceof Timeout timeout ? timeout : null;
  }

  /// Returns the row of a packet: its own components and those of this option.
  ///
  /// @param packet a query or a response
  public Row mergeWithPacket(Row packet) {
    Flow flow = merge(packet.flow());
    return switch (packet) {
      case Query(var timeNs, _, _, var dns, _, _) ->
          new Query(timeNs, subject, flow, dns, cause, peer);
      case Response(var timeNs, _, _, var dns, var ownState, _, _) ->
          new Response(
              timeNs,
              subject,
              flow,
              dns,
              state != null && state.isOfResponse() ? state : ownState,
              latencyNs,
              peer);
      case Timeout _, LookupRow _, NameRow _ ->
          throw new IllegalArgumentException("no row of a packet");
    };
  }

  private Flow merge(Flow packet) {
    return new Flow(
        packet.source(), packet.destination(), packet.protocol(), packetType, nameserver, names);
  }

  /// Returns the row of a custom block; empty if this is not a complete, valid T row.
  public Optional<Timeout> standalone() {
    return Optional.ofNullable(standalone);
  }
}
