package dev.jig.advise.rules;

import dev.jig.dns.Dialect;
import dev.jig.dns.Edns;
import dev.jig.dns.EdnsOption;
import dev.jig.dns.EdnsOption.ExtendedError;
import dev.jig.dns.MessageDecoder;
import dev.jig.event.LookupRow;
import dev.jig.event.WireMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads what a server says of its failure: Extended DNS Errors (RFC 8914).
final class ExtendedErrors {
  private final MessageDecoder decoder = new MessageDecoder();

  /// The first one of an answer; null without one.
  @Nullable ExtendedError of(LookupRow answer) {
    WireMessage message = answer.dns().message();
    Edns edns = message == null ? null : message.decode(decoder, Dialect.DNS).edns();
    for (EdnsOption option : edns == null ? List.<EdnsOption>of() : edns.options()) {
      if (option instanceof ExtendedError error) {
        return error;
      }
    }
    return null;
  }

  /// Such as `EDE 7 (Signature Expired): for example.test.`
  static String text(ExtendedError error) {
    String purpose = error.purpose() == null ? "" : " (" + error.purpose() + ")";
    String extra = error.extraText().isEmpty() ? "" : ": " + error.extraText();
    return "EDE " + error.infoCode() + purpose + extra;
  }
}
