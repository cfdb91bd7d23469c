package dev.jig.capture;

import dev.jig.wire.EventNote;

/// Takes what a source of packets finds, in order, on the source's thread.
@FunctionalInterface
public interface PacketHandler {
  /// A packet; the flyweight is valid until this returns.
  void onPacket(Packet packet);

  /// A cgroup was made, live only.
  ///
  /// @param id the inode of its directory, as [Packet#cgroupId] has it
  /// @param path from the root of the cgroup v2 hierarchy, with leading slash
  default void onCgroupCreated(long id, String path) {}

  /// A client's socket was closed with queries unanswered, live only.
  ///
  /// @param socketCookie as [Packet#socketCookie]
  /// @param bootNs when, as [Packet#bootNs]
  default void onSocketClosed(long socketCookie, long bootNs) {}

  /// What an earlier trace noted without a packet, files only.
  default void onStandaloneRow(EventNote note) {}
}
