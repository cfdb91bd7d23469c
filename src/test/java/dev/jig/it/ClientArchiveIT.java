package dev.jig.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// kubectl-gadget's archive, unpacked and run where nothing is set but PATH and JAVA_HOME.
final class ClientArchiveIT {
  private static final Path ARCHIVE = Path.of("target/kubectl-gadget-0.1.0.tar.gz");
  private static final Path CHART = Path.of("target/jig-0.1.0.tgz");
  private static final String URL = "https://downloads.example.org/jig";
  private static final List<String> PRINT =
      List.of("deploy", "--print-only", "--image", "registry.example.org/jig:1");

  @TempDir static Path folder;
  private static Path home;

  @BeforeAll
  static void makeAndUnpack() {
    make();
    Command.run("tar", "-C", folder.toString(), "-xzf", ARCHIVE.toString()).orThrow();
    home = folder.resolve("kubectl-gadget-0.1.0");
  }

  private static void make() {
    Command.run("src/main/dist/client", System.getProperty("java.home"), URL).orThrow();
  }

  @Test
  void runsWithTheJavaOfJavaHome() {
    Map<String, String> environment =
        Map.of("PATH", "/usr/bin:/bin", "JAVA_HOME", System.getProperty("java.home"));

    Command.Result printed = run(home, environment, PRINT);
    Command.Result help = run(home, environment, List.of("version", "--help"));

    assertThat(printed.exitCode()).as(printed.err()).isZero();
    assertThat(printed.err()).isEmpty();
    assertThat(printed.out()).contains("kind: \"DaemonSet\"", "registry.example.org/jig:1");
    assertThat(help.out()).startsWith("Usage: kubectl gadget version ");
  }

  @Test
  void runsThroughALinkWithTheJavaOnPath() throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Files.createSymbolicLink(
        bin.resolve("kubectl-gadget"), Path.of("../kubectl-gadget-0.1.0/kubectl-gadget"));
    Map<String, String> environment =
        Map.of("PATH", System.getProperty("java.home") + "/bin:/usr/bin:/bin");

    Command.Result printed = run(bin, environment, PRINT);

    assertThat(printed.exitCode()).as(printed.err()).isZero();
    assertThat(printed.out()).contains("kind: \"DaemonSet\"");
  }

  @Test
  void saysWhichJavaIsTooOldOrMissing() throws IOException {
    Path old = folder.resolve("java-17");
    Path java = Files.createDirectories(old.resolve("bin")).resolve("java");
    Files.createFile(
        java, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    Files.writeString(old.resolve("release"), "IMPLEMENTOR=\"X\"\nJAVA_VERSION=\"17.0.11\"\n");

    Command.Result tooOld =
        run(home, Map.of("PATH", "/usr/bin:/bin", "JAVA_HOME", old.toString()), PRINT);
    Command.Result none =
        run(home, Map.of("PATH", "/usr/bin:/bin", "JAVA_HOME", "/nonexistent"), PRINT);

    assertThat(tooOld)
        .extracting(Command.Result::exitCode, Command.Result::err)
        .containsExactly(
            1, "kubectl gadget: " + java + " is Java 17: needs Java 25 or later, set JAVA_HOME.\n");
    assertThat(none)
        .extracting(Command.Result::exitCode, Command.Result::err)
        .containsExactly(
            1,
            "kubectl gadget: no /nonexistent/bin/java: needs Java 25 or later, set JAVA_HOME or put"
                + " java on PATH.\n");
  }

  @Test
  void bringsNothingNativeAndNothingOfTheKernels() throws IOException {
    List<String> entries = new ArrayList<>();
    try (Stream<Path> jars = Files.list(home.resolve("lib"))) {
      for (Path jar : jars.toList()) {
        try (JarFile file = new JarFile(jar.toFile())) {
          file.stream().forEach(entry -> entries.add(entry.getName()));
        }
      }
    }

    assertThat(entries)
        .contains("dev/jig/cli/KubectlGadget.class", "deploy/agent.yaml", "jig.properties")
        .noneMatch(entry -> entry.matches(".*\\.(o|so|dll|dylib|jnilib)"));
  }

  @Test
  void theSameSourcesMakeTheSameBytesWhichKrewsManifestNames() throws IOException {
    String first = sum(ARCHIVE);
    String firstChart = sum(CHART);

    make();

    assertThat(sum(ARCHIVE)).isEqualTo(first);
    assertThat(sum(CHART)).isEqualTo(firstChart);
    assertThat(Files.readString(Path.of("target/gadget.yaml")))
        .contains(
            "  version: v0.1.0\n",
            "      uri: " + URL + "/kubectl-gadget-0.1.0.tar.gz\n",
            "      sha256: " + first + "\n",
            "from: kubectl-gadget-0.1.0/*\n")
        .doesNotContain("@");
  }

  @Test
  void theChartHoldsWhatHelmLooksFor() {
    assertThat(Command.run("tar", "-tzf", CHART.toString()).lines())
        .contains("jig/Chart.yaml", "jig/values.yaml", "jig/templates/agent.yaml");
    assertThat(Command.run("tar", "-xzOf", CHART.toString(), "jig/Chart.yaml").orThrow())
        .contains("name: jig\n", "version: 0.1.0\n");
  }

  @Test
  void windowsScriptHasTheLineEndsOfWindows() throws IOException {
    String script = Files.readString(home.resolve("kubectl-gadget.cmd"));

    assertThat(script.lines()).hasSizeGreaterThan(5);
    assertThat(script.replace("\r\n", "")).doesNotContain("\n", "\r");
    assertThat(script).contains("dev.jig.cli.KubectlGadget %*\r\n");
  }

  private static String sum(Path file) throws IOException {
    try {
      byte[] sum = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      return HexFormat.of().formatHex(sum);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Command.Result run(Path bin, Map<String, String> environment, List<String> words) {
    List<String> command = new ArrayList<>(List.of("env", "-i"));
    environment.forEach((name, value) -> command.add(name + "=" + value));
    command.add(bin.resolve("kubectl-gadget").toString());
    command.addAll(words);
    return Command.run(command);
  }
}
