package dev.jig.capture;

/// Takes what a source captures, on the source's thread and in its order.
public interface PacketHandler {
  /// A packet that may hold DNS, valid until this returns.
  void packet(Packet packet);
}
