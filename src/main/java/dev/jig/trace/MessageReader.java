package dev.jig.trace;

import dev.jig.capture.Packet;
import dev.jig.dns.DnsMessage;
import dev.jig.filter.PortSet;

/// Reads a payload into a [DnsMessage] and decides whether it is DNS.
final class MessageReader {
  private final DnsMessage message;
  private final PortSet ports;
  private final Counters counters;

  /// @param message the message that is read into
  /// @param ports as in [PipelineConfig]
  MessageReader(DnsMessage message, PortSet ports, Counters counters) {
    this.message = message;
    this.ports = ports;
    this.counters = counters;
  }

  /// Reads a payload and counts it if it is malformed, malformed in part or not DNS.
  ///
  /// @return whether it is DNS
  boolean readAndCount(Packet packet, byte[] bytes, int offset, int length) {
    boolean whole = message.wrap(bytes, offset, length);
    if (isDns(packet, whole)) {
      counters.partlyMalformed += whole ? 0 : 1;
      return true;
    }
    if (isOnDnsPort(packet)) {
      counters.malformed++;
    } else {
      counters.notDns++;
    }
    return false;
  }

  /// Reads a payload that is counted elsewhere.
  ///
  /// @return whether it is DNS
  boolean read(Packet packet, byte[] bytes, int offset, int length) {
    return isDns(packet, message.wrap(bytes, offset, length));
  }

  /// On a DNS port a readable header is enough; on other ports the whole message or at least its
  /// question must be readable.
  private boolean isDns(Packet packet, boolean whole) {
    if (isOnDnsPort(packet)) {
      return message.hasHeader();
    }
    boolean readable = message.hasHeader() && (whole || message.hasQuestion());
    return readable && (!ports.isAny() || message.isStrictlyValid());
  }

  private boolean isOnDnsPort(Packet packet) {
    return packet.rowOption() != null
        || ports.contains(packet.sourcePort())
        || ports.contains(packet.destinationPort());
  }
}
