package dev.jig.it.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A copy of a capture with TCP segments out of order: of each stream, every two data segments that
/// are adjacent in the file are swapped. The first data segment of a stream keeps its place, since
/// ig does not read the handshake and begins a stream with the first data segment seen.
final class ReorderedCapture {
  private static final int FILE_HEADER = 24;
  private static final int PACKET_HEADER = 16;
  private static final int LENGTH_OFFSET = 8;
  private static final int ETHERNET = 14;
  private static final int TCP = 6;

  /// A copy beside the file.
  ///
  /// @param swaps how many pairs changed places
  record Copy(Path file, int swaps) {}

  private ReorderedCapture() {}

  static Copy of(Path file) {
    try {
      ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
      ByteBuffer out = ByteBuffer.allocate(in.capacity()).order(ByteOrder.LITTLE_ENDIAN);
      byte[] head = new byte[FILE_HEADER];
      in.get(head);
      out.put(head);
      List<Long> times = new ArrayList<>();
      List<byte[]> packets = packets(in, times);
      int swaps = swap(packets);
      for (int i = 0; i < packets.size(); i++) {
        byte[] packet = packets.get(i);
        out.putLong(times.get(i)).putInt(packet.length).putInt(packet.length);
        out.put(packet);
      }
      return new Copy(
          Files.write(file.resolveSibling("reordered-" + file.getFileName()), out.array()), swaps);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<byte[]> packets(ByteBuffer in, List<Long> times) {
    List<byte[]> packets = new ArrayList<>();
    while (in.hasRemaining()) {
      times.add(in.getLong(in.position()));
      byte[] packet = new byte[in.getInt(in.position() + LENGTH_OFFSET)];
      in.position(in.position() + PACKET_HEADER);
      in.get(packet);
      packets.add(packet);
    }
    return packets;
  }

  private static int swap(List<byte[]> packets) {
    int swaps = 0;
    Set<ByteBuffer> begun = new HashSet<>();
    for (int i = 0; i + 1 < packets.size(); i++) {
      byte[] stream = stream(packets.get(i));
      if (stream.length == 0 || begun.add(ByteBuffer.wrap(stream))) {
        continue;
      }
      if (Arrays.equals(stream, stream(packets.get(i + 1)))) {
        Collections.swap(packets, i, i + 1);
        swaps++;
        i++;
      }
    }
    return swaps;
  }

  /// Addresses and ports of a segment with payload over IPv4; empty for everything else.
  private static byte[] stream(byte[] bytes) {
    ByteBuffer packet = ByteBuffer.wrap(bytes);
    if (packet.getShort(ETHERNET - 2) != 0x0800 || packet.get(ETHERNET + 9) != TCP) {
      return new byte[0];
    }
    int ipHeader = (packet.get(ETHERNET) & 0xf) * 4;
    int segment = ETHERNET + ipHeader;
    int tcpHeader = (packet.get(segment + 12) >>> 4 & 0xf) * 4;
    boolean hasPayload = (packet.getShort(ETHERNET + 2) & 0xffff) > ipHeader + tcpHeader;
    byte[] addresses = Arrays.copyOfRange(bytes, ETHERNET + 12, ETHERNET + 20);
    byte[] stream = Arrays.copyOf(addresses, 12);
    System.arraycopy(bytes, segment, stream, 8, 4);
    return hasPayload ? stream : new byte[0];
  }
}
