package dev.jig.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import dev.jig.event.Container;
import dev.jig.event.DnsEvent;
import dev.jig.event.DnsEvent.Endpoint;
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

/// An event as a text that is put into a capture file: beside its packet what that does not tell,
/// or all of an event that no packet stands for (T). JSON in printable ASCII, whose first member
/// tells what it is; the others are named as the components of [DnsEvent] and what it consists of.
///
/// What the packet tells is not repeated, so that tools that shift its time or rewrite its
/// addresses are believed.
public final class PcapngRowOption {
  /// The first member, and the version of the others' meaning.
  private static final String MARK = "jig";

  private static final int VERSION = 1;

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private static final RecordJson<DnsEvent> EVENT = new RecordJson<>(DnsEvent.class);

  /// What headers and message say.
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
          .map(EVENT::indexOf)
          .collect(Collectors.toUnmodifiableSet());

  private final @Nullable Object[] values;

  private PcapngRowOption(@Nullable Object[] values) {
    this.values = values;
  }

  /// The text for an event; without labels if it would be too long with them, empty if even so.
  ///
  /// @param limit in characters, each of which is a byte
  public static Optional<String> encode(DnsEvent event, int limit) {
    String text = json(event);
    if (text.length() > limit) {
      text = json(withoutLabels(event));
    }
    return text.length() > limit ? Optional.empty() : Optional.of(text);
  }

  private static String json(DnsEvent event) {
    StringWriter text = new StringWriter(1024);
    try (JsonGenerator out = JSON.createGenerator(text)) {
      out.writeStartObject();
      out.writeNumberField(MARK, VERSION);
      EVENT.write(event, event.qr() == Qr.T ? Set.of() : PACKET_COMPONENTS, out);
      out.writeEndObject();
    } catch (IOException e) {
      throw new AssertionError(e); // a text takes everything
    }
    return text.toString();
  }

  private static DnsEvent withoutLabels(DnsEvent event) {
    Peer peer = event.peer();
    @Nullable Object[] values = EVENT.values(event);
    values[EVENT.indexOf("container")] = withoutLabels(event.container());
    if (peer != null) {
      values[EVENT.indexOf("peer")] =
          new Peer(withoutLabels(peer.container()), peer.owner(), peer.attribution());
    }
    try {
      return EVENT.create(values);
    } catch (IOException e) {
      throw new AssertionError(e); // only less than there was
    }
  }

  private static @Nullable Container withoutLabels(@Nullable Container of) {
    if (of == null) {
      return null;
    }
    Container.Pod pod = of.pod();
    Container.Pod less =
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
        of.runtime(), of.id(), of.name(), of.image(), of.imageDigest(), Map.of(), less);
  }

  /// Reads a text; empty if it is not ours, or damaged.
  public static Optional<PcapngRowOption> decode(String text) {
    try (JsonParser in = JSON.createParser(text)) {
      if (in.nextToken() != JsonToken.START_OBJECT
          || !MARK.equals(in.nextFieldName())
          || in.nextIntValue(0) != VERSION) {
        return Optional.empty();
      }
      return Optional.of(new PcapngRowOption(EVENT.read(in)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// The event of which its packet tells this much; empty if the note is not of such a one.
  public Optional<DnsEvent> mergeWithPacket(DnsEvent told) {
    @Nullable Object[] all = values.clone();
    @Nullable Object[] seen = EVENT.values(told);
    PACKET_COMPONENTS.forEach(place -> all[place] = seen[place]);
    return event(all);
  }

  /// The event that no packet stands for; empty if this is not of such a one.
  public Optional<DnsEvent> standalone() {
    return event(values).filter(PcapngRowOption::isValidStandalone);
  }

  private static boolean isValidStandalone(DnsEvent event) {
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

  private static Optional<DnsEvent> event(@Nullable Object[] values) {
    try {
      return Optional.of(EVENT.create(values));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
