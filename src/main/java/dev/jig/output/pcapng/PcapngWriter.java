package dev.jig.output.pcapng;

import dev.jig.event.Flow;
import dev.jig.event.LookupRow;
import dev.jig.event.NameRow;
import dev.jig.event.Query;
import dev.jig.event.Response;
import dev.jig.event.Row;
import dev.jig.event.Timeout;
import dev.jig.event.WireMessage;
import dev.jig.output.RowWriter;
import dev.jig.pcap.CaptureWriter;
import dev.jig.pcap.CustomBytes;
import dev.jig.wire.PcapngOptionWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Writes rows as a pcapng file: each message as a packet with made-up headers ([PacketFrame]), a
/// comment with container, process and result ([PacketComment]), and an option from which `--read`
/// restores the row ([PcapngOptionWriter]). A T row, for which there is no packet, is a custom
/// block.
public final class PcapngWriter implements RowWriter {
  private static final String INTERFACE = "ig";
  private static final String DESCRIPTION =
      "DNS messages; link, IP and transport headers are reconstructed";

  private final CaptureWriter capture;
  private final String application;
  private final PacketFrame frame = new PacketFrame();
  private final PacketComment comments = new PacketComment();
  private final PcapngOptionWriter options = new PcapngOptionWriter(CustomBytes.MAX_LENGTH);
  private final SequenceNumbers sequences = new SequenceNumbers();
  private boolean hasRows;
  private long firstNs;
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
  public void writeRow(Row row) throws IOException {
    switch (row) {
      case Query _, Response _ -> {
        WireMessage message = row.dns().message();
        if (message != null) {
          writePacket(row, message);
        }
      }
      case Timeout _ -> {
        ByteBuffer option = options.encode(row);
        if (option != null) {
          capture.writeCustomBlock(comments.of(row), option);
        }
      }
      case LookupRow _, NameRow _ -> throw new IllegalArgumentException("it has no packet");
    }
    lastNs = row.timestampNs();
    firstNs = hasRows ? firstNs : lastNs;
    hasRows = true;
  }

  private void writePacket(Row row, WireMessage message) throws IOException {
    written++;
    ByteBuffer option = options.encode(row);
    ByteBuffer comment = comments.of(row);
    Flow flow = row.flow();
    switch (flow.protocol()) {
      case UDP ->
          capture.writePacket(row.timestampNs(), frame.datagram(flow, message), comment, option);
      case TCP -> writeSegments(row, message, comment, option);
    }
  }

  private void writeSegments(
      Row row, WireMessage message, ByteBuffer comment, @Nullable ByteBuffer option)
      throws IOException {
    long timeNs = row.timestampNs();
    Flow flow = row.flow();
    ByteBuffer stream = ByteBuffer.allocate(Short.BYTES + message.length());
    stream.putShort((short) message.length()).put(message.toBytes()).flip();
    while (stream.hasRemaining()) {
      int length = Math.min(stream.remaining(), PacketFrame.maxPayload(flow));
      ByteBuffer payload = stream.slice(stream.position(), length);
      stream.position(stream.position() + length);
      int sequence = sequences.allocate(flow, timeNs, length);
      int acknowledged = sequences.acknowledged(flow, timeNs);
      ByteBuffer segment = frame.segment(flow, sequence, acknowledged, payload);
      capture.writePacket(timeNs, segment, comment, option);
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
    capture.writeStatistics(
        lastNs,
        new CaptureWriter.Statistics(
            hasRows ? firstNs : null,
            hasRows ? lastNs : null,
            received,
            lost,
            written + lost,
            lost,
            written));
  }

  @Override
  public void flush() throws IOException {
    capture.flush();
  }
}
