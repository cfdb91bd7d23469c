package dev.jig.capture;

import dev.jig.event.Attribution;
import dev.jig.event.IpAddress;
import dev.jig.event.Owner;
import dev.jig.event.PacketType;
import dev.jig.event.Protocol;
import dev.jig.wire.EventNote;
import org.jspecify.annotations.Nullable;

/// One packet whose payload may hold DNS: a mutable flyweight that its source refills, valid until
/// the source's next step. What outlives that must be copied.
public final class Packet {
  /// Which way a packet crossed its socket; a capture file does not know sockets.
  public enum Direction {
    INGRESS,
    EGRESS,
    UNKNOWN
  }

  Direction direction = Direction.UNKNOWN;
  Protocol protocol = Protocol.UDP;
  @Nullable PacketType type;
  long timeNs;
  long bootNs;
  long socketCookie;
  long cgroupId;
  long socketNetNs;
  int tcpSeq;
  IpAddress source = IpAddress.v4(0);
  IpAddress destination = IpAddress.v4(0);
  int sourcePort;
  int destinationPort;
  @Nullable IpAddress nameserver;
  int nameserverPort;
  @Nullable Owner owner;
  Attribution attribution = Attribution.UNKNOWN;
  byte[] payload = {};
  int payloadOffset;
  int payloadLength;
  @Nullable EventNote rowOption;

  /// The same without its payload, to keep.
  Packet copyWithoutPayload() {
    Packet head = new Packet();
    head.direction = direction;
    head.protocol = protocol;
    head.type = type;
    head.timeNs = timeNs;
    head.bootNs = bootNs;
    head.socketCookie = socketCookie;
    head.cgroupId = cgroupId;
    head.socketNetNs = socketNetNs;
    head.tcpSeq = tcpSeq;
    head.source = source;
    head.destination = destination;
    head.sourcePort = sourcePort;
    head.destinationPort = destinationPort;
    head.nameserver = nameserver;
    head.nameserverPort = nameserverPort;
    head.owner = owner;
    head.attribution = attribution;
    head.rowOption = rowOption;
    return head;
  }

  public Direction direction() {
    return direction;
  }

  public Protocol protocol() {
    return protocol;
  }

  /// Null where a capture file does not tell.
  public @Nullable PacketType type() {
    return type;
  }

  /// Nanoseconds since the epoch: the row's timestamp.
  public long timeNs() {
    return timeNs;
  }

  /// Nanoseconds on a clock that never jumps (the kernel's boot clock; the file's clock for files):
  /// latency comes from here alone.
  public long bootNs() {
    return bootNs;
  }

  /// The kernel's cookie of the socket, 0 for files.
  public long socketCookie() {
    return socketCookie;
  }

  /// The socket's cgroup v2 id (the inode of its directory), 0 for files.
  public long cgroupId() {
    return cgroupId;
  }

  /// Inode of the socket's network namespace where one of the addresses is loopback's, which mean
  /// nothing outside it; else 0.
  public long socketNetNs() {
    return socketNetNs;
  }

  public IpAddress source() {
    return source;
  }

  public IpAddress destination() {
    return destination;
  }

  public int sourcePort() {
    return sourcePort;
  }

  public int destinationPort() {
    return destinationPort;
  }

  /// The server's address that the application asked, before any NAT; null if not known to be of
  /// this packet.
  public @Nullable IpAddress nameserver() {
    return nameserver;
  }

  /// The port the application asked, 0 if not known.
  public int nameserverPort() {
    return nameserverPort;
  }

  /// Null where attribution is UNKNOWN.
  public @Nullable Owner owner() {
    return owner;
  }

  public Attribution attribution() {
    return attribution;
  }

  /// The buffer that holds the transport's payload (a whole UDP datagram or one TCP segment's
  /// data).
  public byte[] payload() {
    return payload;
  }

  public int payloadOffset() {
    return payloadOffset;
  }

  public int payloadLength() {
    return payloadLength;
  }

  /// What an earlier trace noted of its message, of files only: the payload is the whole message
  /// then, also over TCP.
  public @Nullable EventNote rowOption() {
    return rowOption;
  }
}
