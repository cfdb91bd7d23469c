package dev.jig.it.zoo;

import static java.util.stream.Collectors.joining;

import dev.jig.fixture.CProgram;
import dev.jig.fixture.Lookup;
import dev.jig.fixture.Programs;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.IntStream;

/// Lines of scripts that run clients. Their exit codes do not matter.
final class Clients {
  private Clients() {}

  /// Runs a command again and again.
  ///
  /// @param command with `$i`, which counts from 1
  static String each(int count, String command) {
    return "for i in %s; do %s; done".formatted(numbers(count), command);
  }

  /// Starts a command so many times at once, and waits for all.
  static String together(int count, String command) {
    return "for i in %s; do %s & done; wait".formatted(numbers(count), command);
  }

  /// Images of containers have no seq(1).
  private static String numbers(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(Integer::toString).collect(joining(" "));
  }

  /// Asks for A and AAAA at once, by glibc.
  static String getent(String name) {
    return "getent ahosts " + name;
  }

  /// The same, by musl.
  static String musl(String name) {
    return CProgram.buildWithMusl("resolve") + " " + name;
  }

  /// Asks once, and waits for two seconds: even a busy machine answers sooner.
  static String dig(String words) {
    Programs.find("dig");
    return "dig +tries=1 +time=2 " + words;
  }

  /// Asks for A and AAAA with busybox, from one socket.
  static String busybox(String name) {
    return Programs.find("busybox") + " nslookup " + name;
  }

  /// Asks for all names in one process of Java, one after the other.
  ///
  /// @param name with one `%d`, which counts from `first`
  static String java(int first, int count, String name) {
    String names =
        IntStream.range(first, first + count)
            .mapToObj(i -> String.format(Locale.ROOT, name, i))
            .collect(joining(" "));
    return "%s -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp %s %s %s"
        .formatted(
            Path.of(System.getProperty("java.home"), "bin", "java"),
            Path.of(Lookup.class.getProtectionDomain().getCodeSource().getLocation().getPath()),
            Lookup.class.getName(),
            names);
  }
}
