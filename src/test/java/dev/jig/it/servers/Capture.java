package dev.jig.it.servers;

import dev.jig.it.servers.Namespace.Running;
import dev.jig.it.servers.Servers.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// tcpdump on a namespace's loopback. The capture is complete: tcpdump must report no dropped
/// packet.
final class Capture {
  /// Longer than any packet; the kernel divides its buffer into slots of this size.
  private static final int SNAPLEN = 2048;

  /// 64 MiB: all packets of a capture, however late tcpdump reads.
  private static final String BUFFER_KIB = "65536";

  private final Namespace network;
  private final Running tcpdump;
  private final Path file;
  private final String name;

  private Capture(Namespace network, Running tcpdump, Path file, String name) {
    this.network = network;
    this.tcpdump = tcpdump;
    this.file = file;
    this.name = name;
  }

  /// Starts; returns once tcpdump captures.
  static Capture start(Namespace network, String name) {
    Path file = network.folder().resolve(name + ".pcap");
    Running tcpdump =
        network.start(
            "tcpdump",
            "-i",
            "lo",
            "-n",
            "-U",
            "-Z",
            "root",
            "-s",
            "" + SNAPLEN,
            "-B",
            BUFFER_KIB,
            "-w",
            file.toString());
    tcpdump.await("listening", () -> tcpdump.output().contains("listening on"));
    return new Capture(network, tcpdump, file, name);
  }

  /// Stops and returns the file. Its last packets are a query made here and the response: once
  /// tcpdump has written these, it has written all before them.
  Path stop() {
    String label = "end-of-" + name;
    network.run("kdig", "@" + Server.KNOT.address, label + ".example.test").orThrow();
    tcpdump.await("writing the last packets", () -> occurrences(label) == 2);
    tcpdump.interrupt();
    if (!tcpdump.output().contains("\n0 packets dropped by kernel")) {
      throw new AssertionError(tcpdump.output());
    }
    return file;
  }

  private int occurrences(String label) {
    try {
      String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
      int found = 0;
      for (int at = bytes.indexOf(label); at >= 0; at = bytes.indexOf(label, at + 1)) {
        found++;
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
