package dev.jig.capture;

import dev.jig.event.Attribution;
import dev.jig.event.IpAddress;
import dev.jig.event.Owner;
import dev.jig.event.PacketType;
import dev.jig.event.Protocol;
import dev.jig.wire.PcapngRowOption;
import org.jspecify.annotations.Nullable;

/// A packet that may contain DNS. Mutable and reused by its source: valid until the handler
/// returns, copy what is kept.
public final class Packet {
  /// The direction through the packet's socket; UNKNOWN in capture files, which have no sockets,
  /// but for recorded rows.
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
  boolean tcpSyn;
  boolean tcpAcknowledges;
  int tcpAck;
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
  boolean cut;
  boolean bufferFilling;
  int interfaceId;
  int interfaceIndex;
  int ipIdentification;
  @Nullable PcapngRowOption rowOption;

  /// A copy without payload, to keep.
  Packet copyWithoutPayload() {
    Packet copy = new Packet();
    copy.direction = direction;
    copy.protocol = protocol;
    copy.type = type;
    copy.timeNs = timeNs;
    copy.bootNs = bootNs;
    copy.socketCookie = socketCookie;
    copy.cgroupId = cgroupId;
    copy.socketNetNs = socketNetNs;
    copy.tcpSeq = tcpSeq;
    copy.tcpSyn = tcpSyn;
    copy.tcpAcknowledges = tcpAcknowledges;
    copy.tcpAck = tcpAck;
    copy.source = source;
    copy.destination = destination;
    copy.sourcePort = sourcePort;
    copy.destinationPort = destinationPort;
    copy.nameserver = nameserver;
    copy.nameserverPort = nameserverPort;
    copy.owner = owner;
    copy.attribution = attribution;
    copy.cut = cut;
    copy.interfaceId = interfaceId;
    copy.interfaceIndex = interfaceIndex;
    copy.ipIdentification = ipIdentification;
    copy.rowOption = rowOption;
    return copy;
  }

  public Direction direction() {
    return direction;
  }

  public Protocol protocol() {
    return protocol;
  }

  /// Null if a capture file does not have it.
  public @Nullable PacketType type() {
    return type;
  }

  /// Nanoseconds since the epoch, the row's timestamp.
  public long timeNs() {
    return timeNs;
  }

  /// Nanoseconds of CLOCK_BOOTTIME, which does not jump, or of the file's clock. Latencies are
  /// differences of this.
  public long bootNs() {
    return bootNs;
  }

  /// The socket's cookie (SO_COOKIE), 0 for files.
  public long socketCookie() {
    return socketCookie;
  }

  /// The id of the socket's cgroup, the inode of its directory; 0 for files.
  public long cgroupId() {
    return cgroupId;
  }

  /// Gives a packet that found no socket the cgroup of the client that it was for.
  public void setClientCgroup(long id) {
    cgroupId = id;
  }

  /// The inode of the socket's network namespace if one of the addresses is a loopback address,
  /// which is local to it; else 0.
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

  /// The server's address as given to connect() or sendmsg(), before NAT; null if unknown for this
  /// packet.
  public @Nullable IpAddress nameserver() {
    return nameserver;
  }

  /// The port of [#nameserver], 0 if unknown.
  public int nameserverPort() {
    return nameserverPort;
  }

  /// Null if attribution is UNKNOWN.
  public @Nullable Owner owner() {
    return owner;
  }

  public Attribution attribution() {
    return attribution;
  }

  /// The buffer with the payload of a UDP datagram or a TCP segment.
  public byte[] payload() {
    return payload;
  }

  public int payloadOffset() {
    return payloadOffset;
  }

  public int payloadLength() {
    return payloadLength;
  }

  /// Whether the end of the payload was not captured; files only.
  public boolean isCut() {
    return cut;
  }

  /// Whether the receiver's buffer may be too full for the packet; live only.
  public boolean isBufferFilling() {
    return bufferFilling;
  }

  /// Which interface of the capturing machine saw the packet; 0 where a capture does not say; files
  /// only.
  public long captureInterface() {
    return (long) interfaceId << 32 | interfaceIndex & 0xffffffffL;
  }

  /// What all copies of a packet that is forwarded have in common: of TCP the sequence number, else
  /// IPv4's identification, -1 for IPv6; files only.
  public int copyIdentification() {
    return protocol == Protocol.TCP ? tcpSeq : ipIdentification;
  }

  /// The row that `-o pcapng` stored with this packet; files only, else null. The payload is then
  /// one whole message, also over TCP.
  public @Nullable PcapngRowOption rowOption() {
    return rowOption;
  }
}
