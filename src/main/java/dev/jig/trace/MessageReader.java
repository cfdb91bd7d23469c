package dev.jig.trace;

import dev.jig.capture.Packet;
import dev.jig.dns.Dialect;
import dev.jig.dns.DnsMessage;
import dev.jig.dns.MessageDecoder;
import dev.jig.filter.PortSet;
import org.jspecify.annotations.Nullable;

/// Reads a payload into a [DnsMessage] and decides whether it is DNS.
final class MessageReader {
  private final DnsMessage message;
  private final PortSet ports;
  private final Counters counters;

  /// Null in live traces, which have no time to decode each record.
  private final @Nullable MessageDecoder decoder;

  /// @param message the message that is read into
  /// @param ports as in [PipelineConfig]
  /// @param whole whether to look for damage in all records, as rows with all records do
  MessageReader(DnsMessage message, PortSet ports, Counters counters, boolean whole) {
    this.message = message;
    this.ports = ports;
    this.counters = counters;
    this.decoder = whole ? new MessageDecoder() : null;
  }

  /// Reads a payload and counts it if it is malformed, malformed in part or not DNS.
  ///
  /// @return whether it is DNS
  boolean readAndCount(Packet packet, byte[] bytes, int offset, int length) {
    boolean whole = message.wrap(bytes, offset, length);
    if (isDns(packet, whole)) {
      counters.partlyMalformed += isWhole(packet, whole, bytes, offset, length) ? 0 : 1;
      return true;
    }
    if (isOnDnsPort(packet)) {
      counters.malformed++;
    } else {
      counters.notDns++;
    }
    return false;
  }

  private boolean isWhole(Packet packet, boolean whole, byte[] bytes, int offset, int length) {
    if (decoder == null) {
      return whole;
    }
    Dialect dialect = Dialect.ofPorts(packet.sourcePort(), packet.destinationPort());
    return decoder.decode(bytes, offset, length, dialect).damage() == null;
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
