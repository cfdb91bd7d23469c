package dev.jig.output.pcapng;

import dev.jig.event.Container;
import dev.jig.event.Row;
import dev.jig.event.Protocol;
import dev.jig.event.Qr;
import dev.jig.event.WireMessage;
import dev.jig.fields.Field;
import dev.jig.output.Escaping;
import dev.jig.output.RowWriter;
import dev.jig.pcap.CaptureWriter;
import dev.jig.pcap.CustomText;
import dev.jig.wire.PcapngRowOption;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Writes rows as a pcapng file: each message as a packet with made-up headers ([PacketFrame]), a
/// comment with container, process and result, and an option from which `--read` restores the row
/// ([PcapngRowOption]). A T row, for which there is no packet, is a custom block.
public final class PcapngWriter implements RowWriter {
  private static final String INTERFACE = "ig";
  private static final String DESCRIPTION =
      "DNS messages; link, IP and transport headers are reconstructed";

  /// Columns in comments, as `column:value`.
  private static final List<Field> COMMENTED =
      List.of(
          Field.CONTAINER_NAME,
          Field.NODE,
          Field.NAMESPACE,
          Field.POD,
          Field.POD_CONTAINER,
          Field.PID,
          Field.TID,
          Field.COMM,
          Field.UID,
          Field.NAMESERVER,
          Field.LATENCY,
          Field.STATE,
          Field.ATTRIBUTION,
          Field.PEER_CONTAINER_NAME,
          Field.PEER_POD,
          Field.PEER_COMM);

  private static final int MAX_COMMENT_CHARS = 2_000;

  private final CaptureWriter capture;
  private final String application;
  private final PacketFrame frame = new PacketFrame();
  private final SequenceNumbers sequences = new SequenceNumbers();
  private @Nullable Long firstNs;
  private long lastNs;
  private long written;
  private long lost;

  public PcapngWriter(OutputStream out, String application) {
    this.capture = new CaptureWriter(out);
    this.application = application;
  }

  @Override
  public void begin() throws IOException {
    String os = System.getProperty("os.name") + " " + System.getProperty("os.version");
    capture.writeHeader(application, os, PacketFrame.LINK_TYPE, INTERFACE, DESCRIPTION);
    lastNs = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()); // until the first row
  }

  @Override
  public void writeRow(Row event) throws IOException {
    String option = PcapngRowOption.encode(event, CustomText.MAX_LENGTH).orElse(null);
    WireMessage message = event.message();
    lastNs = event.timestampNs();
    firstNs = firstNs == null ? lastNs : firstNs;
    if (message != null) {
      write(event, message, comment(event), option);
    } else if (event.qr() == Qr.T && option != null) {
      capture.writeCustomBlock(comment(event), option);
    }
  }

  private void write(Row event, WireMessage message, String comment, @Nullable String option)
      throws IOException {
    written++;
    byte[] bytes = message.toBytes();
    if (event.protocol() == Protocol.UDP) {
      // a message from invalid IP fragments may be longer than a packet can be
      int length = Math.min(bytes.length, PacketFrame.maxPayload(event));
      ByteBuffer payload = ByteBuffer.wrap(bytes, 0, length);
      capture.writePacket(event.timestampNs(), frame.datagram(event, payload), comment, option);
      return;
    }
    ByteBuffer stream = ByteBuffer.allocate(Short.BYTES + bytes.length);
    stream.putShort((short) bytes.length).put(bytes).flip();
    while (stream.hasRemaining()) {
      int length = Math.min(stream.remaining(), PacketFrame.maxPayload(event));
      ByteBuffer payload = stream.slice(stream.position(), length);
      stream.position(stream.position() + length);
      int sequence = sequences.allocate(event, length);
      ByteBuffer segment = frame.segment(event, sequence, sequences.acknowledged(event), payload);
      capture.writePacket(event.timestampNs(), segment, comment, option);
    }
  }

  /// The comment: readable in any tool.
  private static String comment(Row event) {
    StringBuilder text = new StringBuilder();
    if (event.qr() == Qr.T) {
      append("name", event.question() == null ? null : event.question().name(), text);
    }
    Container container = event.container();
    if (container != null && container.name() == null) {
      append(Field.CONTAINER_ID.column(), container.id(), text);
    }
    for (Field field : COMMENTED) {
      append(field.column(), field.value().text(event), text);
    }
    return text.substring(0, Math.min(text.length(), MAX_COMMENT_CHARS));
  }

  private static void append(String column, @Nullable String value, StringBuilder to) {
    if (value != null && !value.isEmpty()) {
      to.append(to.isEmpty() ? "" : " ").append(column).append(':');
      to.append(Escaping.TERMINAL.escape(value));
    }
  }

  @Override
  public void warn(String message) {
    // a pcapng file has no place for warnings; losses are in the statistics
  }

  @Override
  public void reportLost(long count) throws IOException {
    lost += count;
    statistics(null);
  }

  @Override
  public void end(@Nullable Long received) throws IOException {
    statistics(received);
  }

  private void statistics(@Nullable Long received) throws IOException {
    Long endNs = firstNs == null ? null : lastNs;
    capture.writeStatistics(
        lastNs,
        new CaptureWriter.Statistics(
            firstNs, endNs, received, lost, written + lost, lost, written));
  }

  @Override
  public void flush() throws IOException {
    capture.flush();
  }
}
