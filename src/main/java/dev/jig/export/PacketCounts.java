package dev.jig.export;

import java.util.Map;

/// What became of packets, and where some got lost.
///
/// @param byFate all packets
/// @param lostByStage those lost in the tracer
public record PacketCounts(Map<String, Long> byFate, Map<String, Long> lostByStage) {
  public static final PacketCounts NONE = new PacketCounts(Map.of(), Map.of());

  public PacketCounts {
    byFate = Map.copyOf(byFate);
    lostByStage = Map.copyOf(lostByStage);
  }
}
