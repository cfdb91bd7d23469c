package dev.jig.output.pcapng;

import dev.jig.event.Attribution;
import dev.jig.event.Container;
import dev.jig.event.IpAddress;
import dev.jig.event.Row;
import dev.jig.event.State;
import dev.jig.event.Timeout;
import dev.jig.fields.Field;
import dev.jig.fields.GoDuration;
import dev.jig.output.AddressTextCache;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// The comment of a row's packet, which is readable in any tool: container, process, result and
/// peer, as `column:value`. Texts that rows of one process share are kept.
final class PacketComment {
  private static final List<Field> OF_SUBJECT =
      List.of(
          Field.CONTAINER_NAME,
          Field.NODE,
          Field.NAMESPACE,
          Field.POD,
          Field.POD_CONTAINER,
          Field.PID,
          Field.TID,
          Field.COMM,
          Field.UID);

  private static final List<Field> OF_PEER =
      List.of(Field.PEER_CONTAINER_NAME, Field.PEER_POD, Field.PEER_COMM);

  private static final byte[] NAMESERVER = begin(Field.NAMESERVER);
  private static final byte[] LATENCY = begin(Field.LATENCY);

  private static final int MAX_BYTES = 2_000;

  private final CommentBytes text = new CommentBytes();
  private final CommentBytes scratch = new CommentBytes();
  private final SubjectTexts subjects = new SubjectTexts(this::ofSubject);
  private final SubjectTexts peers = new SubjectTexts(row -> textOf(OF_PEER, row));
  private final AddressTextCache addresses = new AddressTextCache();
  private final StringBuilder duration = new StringBuilder(32);
  private final Map<State, byte[]> states = new EnumMap<>(State.class);
  private final Map<Attribution, byte[]> attributions = new EnumMap<>(Attribution.class);

  private static byte[] begin(Field field) {
    return (field.column() + ":").getBytes(StandardCharsets.UTF_8);
  }

  /// The row's comment, valid until the next call.
  ByteBuffer of(Row row) {
    text.clear();
    if (row instanceof Timeout) {
      text.put(Field.NAME.column(), Field.NAME.value().text(row));
    }
    text.put(subjects.get(row.subject(), row));
    IpAddress nameserver = row.flow().nameserver();
    if (nameserver != null) {
      text.put(NAMESERVER);
      text.putValue(addresses.get(nameserver));
    }
    putResult(row);
    text.put(cached(attributions, row.subject().attribution(), Field.ATTRIBUTION, row));
    if (row.peer() != null) {
      text.put(peers.get(row.peer(), row));
    }
    return text.view(MAX_BYTES);
  }

  private void putResult(Row row) {
    if (row.latencyNs() != Row.NO_LATENCY) {
      duration.setLength(0);
      GoDuration.append(duration, row.latencyNs());
      text.put(LATENCY);
      text.putValue(duration);
    }
    State state = row.state();
    if (state != null) {
      text.put(cached(states, state, Field.STATE, row));
    }
    if (row.cause() != null) {
      text.put(Field.CAUSE.column(), Field.CAUSE.value().text(row));
    }
  }

  private <K> byte[] cached(Map<K, byte[]> texts, K value, Field field, Row row) {
    byte[] known = texts.get(value);
    if (known == null) {
      known = textOf(List.of(field), row);
      texts.put(value, known);
    }
    return known;
  }

  private byte[] ofSubject(Row row) {
    scratch.clear();
    Container container = row.subject().container();
    if (container != null && container.name() == null) {
      scratch.put(Field.CONTAINER_ID.column(), container.id());
    }
    OF_SUBJECT.forEach(field -> scratch.put(field.column(), field.value().text(row)));
    return scratch.toArray();
  }

  private byte[] textOf(List<Field> fields, Row row) {
    scratch.clear();
    fields.forEach(field -> scratch.put(field.column(), field.value().text(row)));
    return scratch.toArray();
  }
}
