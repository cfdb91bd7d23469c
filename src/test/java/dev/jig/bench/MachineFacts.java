package dev.jig.bench;

import dev.jig.fixture.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;

/// Date, machine and versions, as a line above the table.
final class MachineFacts {
  private MachineFacts() {}

  /// @param builds that are measured
  static String line(Builds builds) throws IOException {
    return String.format(
        Locale.ROOT,
        "Measured %s on %s: %d cores (%s), Linux %s, %s, %s, Java %s; ig from the %s%s.",
        LocalDate.now(ZoneOffset.UTC),
        virtualised(),
        Runtime.getRuntime().availableProcessors(),
        cpu(),
        Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip(),
        firstLine("tcpdump", "--version").replaceFirst(" version", ""),
        firstLine("knotd", "--version"),
        Runtime.version(),
        builds.preferred().form().title,
        before(builds));
  }

  private static String before(Builds builds) {
    return builds
        .baseline()
        .map(build -> ", the commit before from its " + build.form().title)
        .orElse("");
  }

  private static String virtualised() throws IOException {
    return Files.readString(Path.of("/proc/cpuinfo")).contains("hypervisor")
        ? "a virtual machine"
        : "a machine";
  }

  private static String cpu() throws IOException {
    return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
        .filter(line -> line.startsWith("model name"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown CPU");
  }

  private static String firstLine(String... command) {
    return Command.run(command).out().lines().findFirst().orElse("unknown");
  }
}
