package dev.jig.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What ig writes to a file.
enum Output {
  COLUMNS("columns", 2, "-o", "columns"),
  JSON("JSON", 2, "-o", "json"),
  LOOKUPS("lookups as JSON", 0.5, "--lookups", "-o", "json"),
  PCAPNG("pcapng", 2, "-o", "pcapng"),
  FILTERED("everything filtered out", 0, "-o", "columns", "-F", "name==nothing."),
  /// Findings in place of rows: the file has the report.
  ADVISE("advise", 0.5, "-o", "text"),
  /// Counts by name, a table each second.
  TOP("top", 0.5, "-o", "json", "--by", "container,name");

  private static final int PACKET_BLOCK = 6;

  final String title;

  /// Least number of rows for each query and each side that sees it.
  final double rowsPerSide;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  final List<String> arguments;

  Output(String title, double rowsPerSide, String... arguments) {
    this.title = title;
    this.rowsPerSide = rowsPerSide;
    this.arguments = List.of(arguments);
  }

  /// The command and its gadget.
  List<String> command() {
    String verb =
        switch (this) {
          case ADVISE -> "advise";
          case TOP -> "top";
          case COLUMNS, JSON, LOOKUPS, PCAPNG, FILTERED -> "trace";
        };
    return List.of(verb, "dns");
  }

  /// Number of rows in a file that ig has finished.
  long rowsIn(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 20)) {
      return this == PCAPNG
          ? packetBlocks(in)
          : lines(in) - (arguments.contains("columns") ? 1 : 0);
    }
  }

  private static long lines(InputStream in) throws IOException {
    byte[] piece = new byte[1 << 16];
    long lines = 0;
    for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
      for (int i = 0; i < n; i++) {
        lines += piece[i] == '\n' ? 1 : 0;
      }
    }
    return lines;
  }

  /// Enhanced Packet Blocks; each block starts with its type and its length (pcapng, section 3.1).
  private static long packetBlocks(InputStream in) throws IOException {
    byte[] head = new byte[8];
    long blocks = 0;
    while (in.readNBytes(head, 0, head.length) == head.length) {
      in.skipNBytes(littleEndian(head, 4) - head.length);
      blocks += littleEndian(head, 0) == PACKET_BLOCK ? 1 : 0;
    }
    return blocks;
  }

  private static long littleEndian(byte[] bytes, int from) {
    long value = 0;
    for (int i = 3; i >= 0; i--) {
      value = value << 8 | bytes[from + i] & 0xff;
    }
    return value;
  }
}
