package dev.jig.capture;

import dev.jig.wire.PcapngRowOption;

/// Receives packets and notices of a source, in order, on the source's thread.
@FunctionalInterface
public interface PacketHandler {
  /// A packet, valid until this returns.
  void onPacket(Packet packet);

  /// A TCP segment without data on a DNS port: a handshake or an acknowledgement; files only.
  default void onSegmentWithoutData(Packet packet) {}

  /// A packet of which too little of the payload was captured to read a DNS header; files only.
  default void onUnreadable(Packet packet) {}

  /// A cgroup was created; live only.
  ///
  /// @param id as [Packet#cgroupId]
  /// @param path from the root of the cgroup v2 hierarchy, with leading slash
  default void onCgroupCreated(long id, String path) {}

  /// A client's socket was closed; live only.
  ///
  /// @param socketCookie as [Packet#socketCookie]
  /// @param bootNs as [Packet#bootNs]
  default void onSocketClosed(long socketCookie, long bootNs) {}

  /// A client connects to a DNS port by TCP; live only.
  ///
  /// @param packet without addresses: owner, cookie, nameserver and time; valid until this returns
  default void onConnect(Packet packet) {}

  /// No packet left of a connect() or send to a DNS port; live only.
  ///
  /// @param packet as of [#onConnect], with the cgroup; without nameserver it says nothing
  /// @param connect whether connect() failed; else a send
  default void onUnsent(Packet packet, boolean connect) {}

  /// A packet got lost, or a socket has got an error; live only.
  ///
  /// @param packet of a loss its addresses, and of UDP the begin of its payload; owner, cgroup and
  ///   nameserver are those of the sender's socket, where `drop` names it; valid until this returns
  default void onDrop(Packet packet, Drop drop) {}

  /// A row that `-o pcapng` stored without a packet; files only.
  default void onStandaloneRow(PcapngRowOption option) {}
}
