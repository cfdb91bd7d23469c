package dev.jig.kube.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.jni.NativeLibrary;
import com.marcnuri.helm.jni.linux.amd64.LinuxAmd64NativeLibrary;
import com.sun.jna.Native;
import dev.jig.fixture.Command;
import java.io.File;
import java.io.IOException;
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
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// Helm makes of the chart what deploy applies, for the same choices.
final class HelmChartIT {
  private static final String IMAGE = "registry.example.org/jig:1";
  private static final Path CONTAINERD = Path.of("/run/containerd/containerd.sock");
  private static final Path CRIO = Path.of("/run/crio/crio.sock");

  @TempDir Path folder;
  private Path chart = Path.of("");

  @BeforeEach
  void write() throws IOException {
    chart = folder.resolve("jig");
    for (Map.Entry<String, String> file :
        HelmChart.files("0.1.0", sockets(CONTAINERD, CRIO)).entrySet()) {
      Path path = chart.resolve(file.getKey());
      Files.createDirectories(Objects.requireNonNull(path.getParent()));
      Files.writeString(path, file.getValue());
    }
  }

  @Test
  void rendersToTheObjectsOfDeploy() throws IOException {
    assertSame("image: " + IMAGE, choice("gadget", "IfNotPresent", Map.of(), CONTAINERD, CRIO));
  }

  @Test
  void everyChoiceIsAValue() throws IOException {
    Path moved = Path.of("/run/k3s/containerd/containerd.sock");
    String values =
        """
        image: %s
        imagePullPolicy: Always
        nodeSelector: {disk: ssd}
        sockets: {containerd: %s}
        """
            .formatted(IMAGE, moved);

    assertSame(values, choice("tracing", "Always", Map.of("disk", "ssd"), moved, CRIO));
  }

  @Test
  void twoSocketsInOneFolderAreMountedOnce() throws IOException {
    Path one = Path.of("/run/containerd.sock");
    Path other = Path.of("/run/crio.sock");
    String values = "image: %s\nsockets: {containerd: %s, crio: %s}".formatted(IMAGE, one, other);

    assertSame(values, choice("gadget", "IfNotPresent", Map.of(), one, other));
  }

  @Test
  void whatIsForEndpointsAloneIsThereOnlyThen() throws IOException {
    assertSame(
        "image: " + IMAGE + "\nresolveEndpoints: true",
        new Installation.Options(
            "0.1.0", "gadget", IMAGE, "IfNotPresent", Map.of(), sockets(CONTAINERD, CRIO), true));
  }

  @Test
  void anImageIsNeeded() throws IOException {
    Command.Result refused = helm("template", "{}", "gadget");

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.out()).contains("image is needed, and nobody has published one");
  }

  @Test
  void lintFindsNothing() throws IOException {
    Command.Result lint = helm("lint", "image: " + IMAGE);

    assertThat(lint.exitCode()).as(lint.out() + lint.err()).isZero();
  }

  private void assertSame(String values, Installation.Options choice) throws IOException {
    Map<String, Object> deployed = byName(Installation.toYaml(choice));
    deployed.remove("Namespace/" + choice.namespace()); // Helm's own business

    String rendered = helm("template", values, choice.namespace()).orThrow();

    assertThat(deployed).containsKey("DaemonSet/jig-agent");
    assertThat(byName(rendered)).isEqualTo(deployed);
  }

  private static Installation.Options choice(
      String namespace, String policy, Map<String, String> nodes, Path containerd, Path crio) {
    return new Installation.Options(
        "0.1.0", namespace, IMAGE, policy, nodes, sockets(containerd, crio), false);
  }

  private static Map<String, Path> sockets(Path containerd, Path crio) {
    Map<String, Path> sockets = new LinkedHashMap<>();
    sockets.put("containerd", containerd);
    sockets.put("cri-o", crio);
    return sockets;
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

  /// Where Helm's classes and its library come from, in whatever way the tests were started.
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
