package dev.jig.capture;

import dev.jig.capture.Packet.Direction;
import dev.jig.event.Attribution;
import dev.jig.event.IpAddress;
import dev.jig.event.Owner;
import dev.jig.event.PacketType;
import dev.jig.event.Protocol;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/// Builds packets as they are read from the kernel's records.
public final class Packets {
  public static final String CLIENT = "192.0.2.10";
  public static final String SERVER = "198.51.100.53";

  private final Packet packet = new Packet();

  private Packets() {}

  /// A query that leaves a client's socket.
  public static Packets queryOut(byte[] message) {
    return new Packets().egress().from(CLIENT, 40_001).to(SERVER, 53).payload(message);
  }

  /// A response that reaches a client's socket.
  public static Packets responseIn(byte[] message) {
    return new Packets().ingress().from(SERVER, 53).to(CLIENT, 40_001).payload(message);
  }

  /// A query that reaches a server's socket.
  public static Packets queryIn(byte[] message) {
    return new Packets().ingress().from(CLIENT, 40_001).to(SERVER, 53).payload(message);
  }

  /// A response that leaves a server's socket.
  public static Packets responseOut(byte[] message) {
    return new Packets().egress().from(SERVER, 53).to(CLIENT, 40_001).payload(message);
  }

  public Packets egress() {
    packet.direction = Direction.EGRESS;
    packet.type = PacketType.OUTGOING;
    packet.socketCookie = 1;
    packet.cgroupId = 7;
    return this;
  }

  public Packets ingress() {
    packet.direction = Direction.INGRESS;
    packet.type = PacketType.HOST;
    packet.socketCookie = 1;
    packet.cgroupId = 7;
    return this;
  }

  /// As from a capture file without direction.
  public Packets ofFile() {
    packet.direction = Direction.UNKNOWN;
    packet.type = null;
    packet.socketCookie = 0;
    packet.cgroupId = 0;
    return this;
  }

  public Packets from(String address, int port) {
    packet.source = address(address);
    packet.sourcePort = port;
    return this;
  }

  public Packets to(String address, int port) {
    packet.destination = address(address);
    packet.destinationPort = port;
    return this;
  }

  /// Sets the destination before NAT.
  public Packets asked(String address, int port) {
    packet.nameserver = address(address);
    packet.nameserverPort = port;
    return this;
  }

  public Packets payload(byte[] payload) {
    packet.payload = payload;
    packet.payloadOffset = 0;
    packet.payloadLength = payload.length;
    return this;
  }

  public Packets tcp() {
    packet.protocol = Protocol.TCP;
    return this;
  }

  /// A TCP segment with the sequence number of its first byte.
  public Packets tcp(int seq) {
    packet.tcpSeq = seq;
    return tcp();
  }

  /// Sets the acknowledged number.
  public Packets ack(int ack) {
    packet.tcpAcknowledges = true;
    packet.tcpAck = ack;
    return this;
  }

  public Packets syn() {
    packet.tcpSyn = true;
    return this;
  }

  /// As from a cooked capture of several interfaces.
  ///
  /// @param index the interface's; 0: not known
  /// @param identification of the IP packet
  public Packets captured(int index, PacketType type, int identification) {
    ofFile();
    packet.interfaceIndex = index;
    packet.type = type;
    packet.ipIdentification = identification;
    return this;
  }

  public Packets cookie(long cookie) {
    packet.socketCookie = cookie;
    return this;
  }

  /// Marks the receiver's buffer as half full.
  public Packets bufferFilling() {
    packet.bufferFilling = true;
    return this;
  }

  public Packets netNs(long inode) {
    packet.socketNetNs = inode;
    return this;
  }

  public Packets cgroup(long id) {
    packet.cgroupId = id;
    return this;
  }

  /// Sets the boot time, with the epoch as its zero.
  public Packets atMs(long ms) {
    packet.bootNs = ms * 1_000_000;
    packet.timeNs = packet.bootNs;
    return this;
  }

  public Packets owner(@Nullable Owner owner, Attribution attribution) {
    packet.owner = owner;
    packet.attribution = attribution;
    return this;
  }

  public Packet build() {
    return packet;
  }

  public static IpAddress address(String literal) {
    byte[] bytes = InetAddress.ofLiteral(literal).getAddress();
    return IpAddress.of(bytes, 0, bytes.length);
  }
}
