package dev.jig.kube.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.jni.NativeLibrary;
import com.marcnuri.helm.jni.linux.amd64.LinuxAmd64NativeLibrary;
import com.sun.jna.Native;
import dev.jig.cli.KubectlGadget;
import dev.jig.fixture.AgentImage;
import dev.jig.fixture.Command;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import picocli.CommandLine;

/// Helm renders the chart in deploy/helm/jig to the objects that `kubectl gadget deploy
/// --print-only` prints for the same options.
final class HelmChartIT {
  private static final Path SOURCE = Path.of("deploy/helm/jig");
  private static final String IMAGE = "registry.example.org/jig:1";
  private static final String K3S = "/run/k3s/containerd/containerd.sock";

  @TempDir Path folder;
  private Path chart = Path.of("");

  /// As bin/dist packages it: with the project's version.
  @BeforeEach
  void copyWithVersion() throws IOException {
    chart = folder.resolve("jig");
    try (Stream<Path> files = Files.walk(SOURCE)) {
      for (Path file : files.toList()) {
        Files.copy(file, chart.resolve(SOURCE.relativize(file)));
      }
    }
    Path metadata = chart.resolve("Chart.yaml");
    Files.writeString(metadata, Files.readString(metadata).replace("0.0.0", AgentImage.version()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                  | ''",
        "{imagePullPolicy: Always}           | --image-pull-policy Always",
        "{nodeSelector: {disk: ssd}}         | --node-selector disk=ssd",
        "{resolveEndpoints: true}            | --resolve-endpoints",
        "{sockets: {containerd: " + K3S + "}} | --containerd-socketpath " + K3S,
        "{sockets: {crio: /run/crio.sock}}   | --crio-socketpath /run/crio.sock",
        "{sockets: {containerd: /run/c.sock, crio: /run/o.sock}, resolveEndpoints: true} "
            + "| --containerd-socketpath /run/c.sock --crio-socketpath /run/o.sock"
            + " --resolve-endpoints",
      })
  void rendersToTheObjectsOfDeploy(String values, String flags) throws IOException {
    assertSame("gadget", values, flags);
  }

  @Test
  void rendersToTheObjectsOfDeployInAnotherNamespace() throws IOException {
    assertSame("tracing", "{resolveEndpoints: true}", "--resolve-endpoints");
  }

  @Test
  void requiresAnImage() throws IOException {
    Command.Result refused = helm("template", "{}", "gadget");

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.out()).contains("image is needed, and none is published");
  }

  @Test
  void passesHelmsLint() throws IOException {
    Command.Result lint = helm("lint", "image: " + IMAGE);

    assertThat(lint.exitCode()).as(lint.out() + lint.err()).isZero();
  }

  private void assertSame(String namespace, String values, String flags) throws IOException {
    Map<String, Object> deployed = byName(printOnly(namespace, flags));
    deployed.remove("Namespace/" + namespace); // Helm manages it

    String rendered =
        helm("template", "{image: " + IMAGE + ", " + values.substring(1), namespace).orThrow();

    assertThat(deployed).containsKey("DaemonSet/jig-agent");
    assertThat(byName(rendered)).isEqualTo(deployed);
  }

  private static String printOnly(String namespace, String flags) {
    List<String> command = new ArrayList<>(List.of("deploy", "--print-only", "--image", IMAGE));
    command.addAll(List.of("--gadget-namespace", namespace));
    Stream.of(flags.split(" ")).filter(flag -> !flag.isEmpty()).forEach(command::add);
    PrintStream stdout = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (PrintStream captured = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
      System.setOut(captured);
      int exitCode = new CommandLine(new KubectlGadget()).execute(command.toArray(String[]::new));
      assertThat(exitCode).isZero();
    } finally {
      System.setOut(stdout);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }

  private static Map<String, Object> byName(String yaml) {
    Map<String, Object> objects = new LinkedHashMap<>();
    for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(yaml)) {
      if (document instanceof Map<?, ?> object) {
        Map<?, ?> metadata = (Map<?, ?>) Objects.requireNonNull(object.get("metadata"));
        objects.put(object.get("kind") + "/" + metadata.get("name"), object);
      }
    }
    return objects;
  }

  private Command.Result helm(String verb, String values, String... more) throws IOException {
    Path file = Files.writeString(folder.resolve("values.yaml"), values);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", classPath(), RealHelm.class.getName()));
    command.addAll(List.of(verb, chart.toString(), file.toString()));
    command.addAll(List.of(more));
    return Command.run(command);
  }

  /// The class path of Helm's classes and library, however the tests were started.
  private static String classPath() {
    return Stream.of(
            RealHelm.class,
            Helm.class,
            NativeLibrary.class,
            LinuxAmd64NativeLibrary.class,
            Native.class)
        .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
