package dev.jig.output.json;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import dev.jig.dns.Rcode;
import dev.jig.event.Attempt;
import dev.jig.event.AttemptState;
import dev.jig.fields.Field;
import dev.jig.output.AddressTextCache;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Writes the attempts of a lookup as a list of objects with the keys of rows for single messages.
final class AttemptsWriter {
  private static final SerializableString TIMESTAMP = key(Field.TIMESTAMP.key());
  private static final SerializableString PROTOCOL = key(Field.PROTOCOL.key());
  private static final SerializableString NAMESERVER = key(Field.NAMESERVER.key());
  private static final SerializableString ID = key(Field.ID.key());
  private static final SerializableString STATE = key(Field.STATE.key());
  private static final SerializableString CAUSE = key(Field.CAUSE.key());
  private static final SerializableString RCODE = key(Field.RCODE.key());
  private static final SerializableString LATENCY = key(Field.LATENCY.key());
  private static final SerializableString WAITED = key("waited");
  private static final SerializableString MESSAGES = key("messages");

  private final Document document;
  private final AddressTextCache addresses;

  AttemptsWriter(Document document, AddressTextCache addresses) {
    this.document = document;
    this.addresses = addresses;
  }

  void write(SerializableString key, @Nullable List<Attempt> attempts) throws IOException {
    if (attempts == null || attempts.isEmpty()) {
      return;
    }
    document.beginList(key);
    for (Attempt attempt : attempts) {
      document.beginItem();
      write(attempt);
      document.endItem();
    }
    document.endList();
  }

  private void write(Attempt attempt) throws IOException {
    document.writeNumber(TIMESTAMP, attempt.timestampNs());
    document.writeAscii(PROTOCOL, attempt.protocol().name());
    if (attempt.nameserver() != null) {
      document.writeAscii(NAMESERVER, addresses.get(attempt.nameserver()));
    }
    document.writeAscii(ID, HexFormat.of().toHexDigits((short) attempt.id()));
    document.writeAscii(STATE, attempt.state().name().toLowerCase(Locale.ROOT));
    CauseWriter.write(document, CAUSE, attempt.cause());
    if (attempt.rcode() != null) {
      document.writeAscii(RCODE, Rcode.mnemonic(attempt.rcode()));
    }
    if (attempt.state() != AttemptState.WAITING) {
      document.writeNumber(attempt.state().hasResponse() ? LATENCY : WAITED, attempt.durationNs());
    }
    if (attempt.messages() > 1) {
      document.writeNumber(MESSAGES, attempt.messages());
    }
  }

  private static SerializableString key(String name) {
    return new SerializedString(name);
  }
}
