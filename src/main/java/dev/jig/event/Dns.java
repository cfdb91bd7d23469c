package dev.jig.event;

import dev.jig.dns.Rcode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a message contains (RFC 1035 section 4.1).
///
/// @param id the message id, 16 bits
/// @param question null if the message has none
/// @param rcode extended by EDNS (RFC 6891 section 6.1.3); 0 on queries
/// @param answerCount ANCOUNT: records of all types
/// @param isOfType whether the answer section has a record of the question's type
/// @param addresses data of the A and AAAA records in the answer section, in order
/// @param message the bytes, if the output needs them
public record Dns(
    int id,
    @Nullable Question question,
    Flags flags,
    int rcode,
    int answerCount,
    boolean isOfType,
    List<IpAddress> addresses,
    @Nullable WireMessage message) {

  /// Id and question alone.
  public static Dns ofQuestion(int id, @Nullable Question question) {
    return new Dns(id, question, Flags.NONE, 0, 0, false, List.of(), null);
  }

  /// Whether the response code says neither that there is an answer nor that the name does not
  /// exist.
  public boolean isFailure() {
    return Rcode.isFailure(rcode);
  }

  /// A copy with the message's bytes.
  public Dns withMessage(WireMessage newMessage) {
    return new Dns(id, question, flags, rcode, answerCount, isOfType, addresses, newMessage);
  }
}
