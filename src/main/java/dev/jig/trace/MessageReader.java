package dev.jig.trace;

import dev.jig.capture.Packet;
import dev.jig.dns.DnsMessage;
import java.util.function.IntPredicate;

/// What of a payload can be read, and whether that is taken for DNS.
final class MessageReader {
  private final DnsMessage message;
  private final IntPredicate dnsPort;
  private final boolean strict;
  private final Counters counters;

  /// @param message reads
  /// @param dnsPort ports on which a payload that can't be read is malformed DNS, not something
  ///   else
  /// @param strict on other ports only strictly valid messages are DNS
  MessageReader(DnsMessage message, IntPredicate dnsPort, boolean strict, Counters counters) {
    this.message = message;
    this.dnsPort = dnsPort;
    this.strict = strict;
    this.counters = counters;
  }

  /// Reads; if that is no message, or not all of one, it is counted.
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

  /// Reads what was counted already.
  boolean read(Packet packet, byte[] bytes, int offset, int length) {
    return isDns(packet, message.wrap(bytes, offset, length));
  }

  /// On a DNS port a header is enough, since who sends there means DNS; elsewhere it takes a
  /// question.
  private boolean isDns(Packet packet, boolean whole) {
    if (isOnDnsPort(packet)) {
      return message.hasHeader();
    }
    boolean readable = message.hasHeader() && (whole || message.hasQuestion());
    return readable && (!strict || message.isStrictlyValid());
  }

  private boolean isOnDnsPort(Packet packet) {
    return packet.rowOption() != null
        || dnsPort.test(packet.sourcePort())
        || dnsPort.test(packet.destinationPort());
  }
}
