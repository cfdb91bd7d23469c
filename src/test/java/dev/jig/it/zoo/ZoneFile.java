package dev.jig.it.zoo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The zones that the authoritative servers of the zoo have.
///
/// - `example.test`: every name in `ok` has an A and an AAAA record, in `v4` only an A record;
///   `big` has answers that need TCP
/// - `corp.test`: its direct names `host1` to `host99` exist
/// - `cluster.test`: nothing below its apex
enum ZoneFile {
  EXAMPLE("example.test"),
  CORP("corp.test"),
  CLUSTER("cluster.test");

  static final List<ZoneFile> ALL = List.of(values());

  /// Without EDNS so many addresses need TCP. Of more, glibc's getaddrinfo asks several times, each
  /// time with a larger buffer.
  private static final int BIG_RECORDS = 34;

  final String zone;

  ZoneFile(String zone) {
    this.zone = zone;
  }

  /// Writes it into a folder, as a file with the zone's name.
  Path write(Path folder) {
    try {
      return Files.writeString(folder.resolve(zone), text());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    text.append("$ORIGIN ").append(zone).append(".\n");
    text.append("@ 300 SOA ns.%s. admin.%s. 1 3600 600 86400 300\n".formatted(zone, zone));
    text.append("@ 300 NS ns\nns 300 A 10.77.2.1\n");
    switch (this) {
      case EXAMPLE -> {
        text.append("*.ok 300 A 192.0.2.1\n*.ok 300 AAAA 2001:db8::1\n*.v4 300 A 192.0.2.1\n");
        for (int i = 1; i <= BIG_RECORDS; i++) {
          text.append("*.big 300 A 192.0.2.%d\n*.big 300 AAAA 2001:db8::%x\n".formatted(i, i));
        }
      }
      case CORP -> {
        for (int i = 1; i <= 99; i++) {
          text.append("host%d 300 A 192.0.2.2\nhost%d 300 AAAA 2001:db8::2\n".formatted(i, i));
        }
      }
      case CLUSTER -> {}
    }
    return text.toString();
  }
}
