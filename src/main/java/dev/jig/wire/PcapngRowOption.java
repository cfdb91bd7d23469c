package dev.jig.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.jig.event.Container;
import dev.jig.event.Row;
import dev.jig.event.Endpoint;
import dev.jig.event.Peer;
import dev.jig.event.Qr;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A row as a JSON text in a custom option of a pcapng block.
///
/// The option of a packet block holds the components of the row that the packet does not contain;
/// the packet's own data takes precedence, since other tools may have shifted its time or rewritten
/// its addresses. The option of a custom block holds a whole row for which there is no packet (T).
///
/// The text is printable ASCII. Its first member identifies it: `"jig":1`, the version. The other
/// members are named after the components of [Row] and its parts.
public final class PcapngRowOption {
  /// The name of the first member; its value is [#VERSION].
  private static final String VERSION_MEMBER = "jig";

  private static final int VERSION = 1;

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private static final RecordJson<Row> ROW = new RecordJson<>(Row.class);

  /// The components of a row that the packet itself contains.
  private static final Set<Integer> PACKET_COMPONENTS =
      Stream.of(
              "timestampNs",
              "source",
              "destination",
              "protocol",
              "qr",
              "id",
              "question",
              "flags",
              "rcode",
              "answerCount",
              "addresses",
              "message")
          .map(ROW::indexOf)
          .collect(Collectors.toUnmodifiableSet());

  private final @Nullable Object[] values;

  private PcapngRowOption(@Nullable Object[] values) {
    this.values = values;
  }

  /// Encodes a row: without labels if the text exceeds the limit with them, empty if it still does.
  ///
  /// @param limit in bytes
  public static Optional<String> encode(Row event, int limit) {
    String text = json(event);
    if (text.length() > limit) {
      text = json(withoutLabels(event));
    }
    return text.length() > limit ? Optional.empty() : Optional.of(text);
  }

  private static String json(Row event) {
    StringWriter text = new StringWriter(1024);
    try (JsonGenerator out = JSON.createGenerator(text)) {
      out.writeStartObject();
      out.writeNumberField(VERSION_MEMBER, VERSION);
      ROW.write(event, event.qr() == Qr.T ? Set.of() : PACKET_COMPONENTS, out);
      out.writeEndObject();
    } catch (IOException e) {
      throw new AssertionError(e); // a StringWriter does not fail
    }
    return text.toString();
  }

  private static Row withoutLabels(Row event) {
    Peer peer = event.peer();
    @Nullable Object[] values = ROW.values(event);
    values[ROW.indexOf("container")] = withoutLabels(event.container());
    if (peer != null) {
      values[ROW.indexOf("peer")] =
          new Peer(withoutLabels(peer.container()), peer.owner(), peer.attribution());
    }
    try {
      return ROW.create(values);
    } catch (IOException e) {
      throw new AssertionError(e); // every mandatory component is present
    }
  }

  private static @Nullable Container withoutLabels(@Nullable Container container) {
    if (container == null) {
      return null;
    }
    Container.Pod pod = container.pod();
    Container.Pod podWithoutLabels =
        pod == null
            ? null
            : new Container.Pod(
                pod.namespace(),
                pod.name(),
                pod.uid(),
                null,
                pod.containerName(),
                pod.hostNetwork());
    return new Container(
        container.runtime(),
        container.id(),
        container.name(),
        container.image(),
        container.imageDigest(),
        Map.of(),
        podWithoutLabels);
  }

  /// Decodes a text; empty if this program did not write it, or if it is damaged.
  public static Optional<PcapngRowOption> decode(String text) {
    try (JsonParser in = JSON.createParser(text)) {
      if (in.nextToken() != JsonToken.START_OBJECT
          || !VERSION_MEMBER.equals(in.nextFieldName())
          || in.nextIntValue(0) != VERSION) {
        return Optional.empty();
      }
      return Optional.of(new PcapngRowOption(ROW.read(in)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// Returns the row of a packet: its own components and those of this option; empty if mandatory
  /// components are missing.
  public Optional<Row> mergeWithPacket(Row packet) {
    @Nullable Object[] all = values.clone();
    @Nullable Object[] packetValues = ROW.values(packet);
    PACKET_COMPONENTS.forEach(index -> all[index] = packetValues[index]);
    return create(all);
  }

  /// Returns the row of a custom block; empty if this is not a complete, valid T row.
  public Optional<Row> standalone() {
    return create(values).filter(PcapngRowOption::isValidStandalone);
  }

  private static boolean isValidStandalone(Row event) {
    return event.qr() == Qr.T
        && event.rcode() == null
        && is16Bits(event.id())
        && isPort(event.source())
        && isPort(event.destination())
        && (event.question() == null || is16Bits(event.question().type()));
  }

  private static boolean isPort(Endpoint endpoint) {
    return is16Bits(endpoint.port());
  }

  private static boolean is16Bits(int number) {
    return number >>> 16 == 0;
  }

  private static Optional<Row> create(@Nullable Object[] values) {
    try {
      return Optional.of(ROW.create(values));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
