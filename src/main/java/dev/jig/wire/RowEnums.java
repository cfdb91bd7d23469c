package dev.jig.wire;

import dev.jig.event.AttemptState;
import dev.jig.event.Attribution;
import dev.jig.event.Cause;
import dev.jig.event.EndpointName;
import dev.jig.event.Outcome;
import dev.jig.event.PacketType;
import dev.jig.event.Protocol;
import dev.jig.event.SearchSource;
import dev.jig.event.State;
import dev.jig.wire.proto.RowProto;

/// The enums of a row.
final class RowEnums {
  static final EnumNumbers<State> STATES =
      new EnumNumbers<>(State.class, RowProto.State.class, "STATE_");
  static final EnumNumbers<Attribution> ATTRIBUTIONS =
      new EnumNumbers<>(Attribution.class, RowProto.Attribution.class, "ATTRIBUTION_");
  static final EnumNumbers<Protocol> PROTOCOLS =
      new EnumNumbers<>(Protocol.class, RowProto.Protocol.class, "PROTOCOL_");
  static final EnumNumbers<PacketType> PACKET_TYPES =
      new EnumNumbers<>(PacketType.class, RowProto.PacketType.class, "PACKET_TYPE_");
  static final EnumNumbers<EndpointName.Kind> ENDPOINT_KINDS =
      new EnumNumbers<>(EndpointName.Kind.class, RowProto.EndpointKind.class, "ENDPOINT_KIND_");
  static final EnumNumbers<AttemptState> ATTEMPT_STATES =
      new EnumNumbers<>(AttemptState.class, RowProto.AttemptState.class, "ATTEMPT_STATE_");
  static final EnumNumbers<Cause.Place> PLACES =
      new EnumNumbers<>(Cause.Place.class, RowProto.Place.class, "PLACE_");
  static final EnumNumbers<Outcome> OUTCOMES =
      new EnumNumbers<>(Outcome.class, RowProto.Outcome.class, "OUTCOME_");
  static final EnumNumbers<SearchSource> SEARCH_SOURCES =
      new EnumNumbers<>(SearchSource.class, RowProto.SearchSource.class, "SEARCH_SOURCE_");

  private RowEnums() {}
}
