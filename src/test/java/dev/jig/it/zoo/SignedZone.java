package dev.jig.it.zoo;

import dev.jig.fixture.Command;
import dev.jig.fixture.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A zone that dnssec-signzone(1) has signed with one key.
///
/// @param text the zone's file
/// @param key the data of the key's DS record: tag, algorithm, digest type, digest
record SignedZone(ZoneFile zone, String text, List<String> key) {
  private static final String ALGORITHM = "ECDSAP256SHA256";

  /// Signs a zone for 30 days.
  ///
  /// @param folder empty
  static SignedZone valid(Path folder, ZoneFile zone) {
    return sign(folder, zone, List.of());
  }

  /// Signs a zone with signatures that have expired, which dnssec-signzone is not to verify (-P).
  ///
  /// @param folder empty
  static SignedZone expired(Path folder, ZoneFile zone) {
    return sign(folder, zone, List.of("-P", "-s", "20240101000000", "-e", "20240201000000"));
  }

  private static SignedZone sign(Path folder, ZoneFile zone, List<String> times) {
    zone.write(folder);
    String name = zone.zone;
    String key = run(folder, List.of("dnssec-keygen", "-q", "-a", ALGORITHM, "-f", "KSK", name));
    List<String> command = new ArrayList<>(List.of("dnssec-signzone", "-S", "-z", "-o", name));
    command.addAll(times);
    command.add(name);
    run(folder, command);
    String digest = run(folder, List.of("dnssec-dsfromkey", "-2", key.strip() + ".key"));
    List<String> words = List.of(digest.strip().split("\\s+"));
    try {
      String text = Files.readString(folder.resolve(name + ".signed"));
      return new SignedZone(zone, text, words.subList(3, words.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String run(Path folder, List<String> command) {
    Programs.find(command.getFirst());
    List<String> words = new ArrayList<>(List.of("env", "--chdir=" + folder));
    words.addAll(command);
    return Command.run(words).orThrow();
  }

  /// Writes it into a folder, as a file with the zone's name.
  void write(Path folder) {
    try {
      Files.writeString(folder.resolve(zone.zone), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// As a trust anchor of unbound.conf(5).
  String unboundAnchor() {
    return "trust-anchor: \"%s. DS %s\"".formatted(zone.zone, String.join(" ", key));
  }

  /// As a statement of named.conf(5).
  String bindAnchor() {
    return "trust-anchors { %s. static-ds %s \"%s\"; };\n"
        .formatted(zone.zone, String.join(" ", key.subList(0, 3)), key.getLast());
  }
}
