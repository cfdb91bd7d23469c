package dev.jig.pcap;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The packets of a capture file up to its end or its damage.
record Reading(List<Row> packets, @Nullable CaptureFormatException error) {
  /// A copy of a packet.
  record Row(
      int linkType, long timeNs, List<Integer> bytes, long originalLength, List<String> comments) {}

  static Reading of(byte[] file) throws IOException {
    return of(new ByteArrayInputStream(file));
  }

  static Reading ofFirst(int length, byte[] file) throws IOException {
    return of(Arrays.copyOf(file, length));
  }

  static Reading of(InputStream in) throws IOException {
    List<Row> packets = new ArrayList<>();
    CaptureFormatException error = null;
    try (CaptureReader reader = CaptureReader.open(in, "test.pcap")) {
      CapturedPacket packet = new CapturedPacket();
      while (reader.next(packet)) {
        if (packet.hasFrame()) {
          packets.add(row(packet));
        }
      }
    } catch (CaptureFormatException e) {
      error = e;
    }
    return new Reading(packets, error);
  }

  private static Row row(CapturedPacket packet) {
    List<Integer> bytes = new ArrayList<>();
    for (int i = 0; i < packet.length(); i++) {
      bytes.add(packet.bytes()[packet.offset() + i] & 0xff);
    }
    List<String> comments =
        packet.options().stream()
            .filter(option -> option.code() == CaptureOption.COMMENT)
            .map(CaptureOption::text)
            .toList();
    return new Row(packet.linkType(), packet.timeNs(), bytes, packet.originalLength(), comments);
  }
}
