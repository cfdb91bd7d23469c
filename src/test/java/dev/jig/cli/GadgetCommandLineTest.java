package dev.jig.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.advise.FindingId;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import picocli.CommandLine;

/// `kubectl gadget` without a cluster.
final class GadgetCommandLineTest {
  private static final String IMAGE = "registry.example.org/jig:1";

  private record Run(int exitCode, String out, String err) {}

  @Test
  void deployRequiresAnImage() {
    assertThat(gadget("deploy", "--print-only"))
        .isEqualTo(
            new Run(
                2,
                "",
                "ig: deploy needs an image; none is published. Build it with bin/image, push it to a"
                    + " registry the nodes can reach, and write --image NAME:TAG.\n"));
  }

  @Test
  void printOnlyPrintsEveryObjectInItsNamespace() {
    Map<String, Map<?, ?>> objects = printed("--gadget-namespace", "tracing");

    assertThat(objects.keySet())
        .containsExactly("Namespace", "ServiceAccount", "NetworkPolicy", "DaemonSet");
    assertThat(map(objects, "Namespace", "metadata").get("name")).isEqualTo("tracing");
    for (String kind : List.of("ServiceAccount", "NetworkPolicy", "DaemonSet")) {
      assertThat(map(objects, kind, "metadata").get("namespace")).isEqualTo("tracing");
    }
  }

  @Test
  void thePodHasNoMoreRightsThanItNeeds() {
    Map<String, Map<?, ?>> objects = printed();
    Map<?, ?> pod = map(objects, "DaemonSet", "spec", "template", "spec");
    Map<?, ?> agent = (Map<?, ?>) list(pod, "containers").getFirst();
    Map<?, ?> security = map(agent, "securityContext");

    assertThat(map(security, "capabilities"))
        .isEqualTo(Map.of("drop", List.of("ALL"), "add", List.of("BPF", "PERFMON", "NET_ADMIN")));
    assertThat(security.get("privileged")).isEqualTo(false);
    assertThat(security.get("allowPrivilegeEscalation")).isEqualTo(false);
    assertThat(security.get("readOnlyRootFilesystem")).isEqualTo(true);
    assertThat(map(pod, "securityContext", "seccompProfile").get("type"))
        .isEqualTo("RuntimeDefault");
    assertThat(pod.get("hostPID")).isEqualTo(true);
    assertThat(pod.containsKey("hostNetwork")).isFalse();
    assertThat(pod.containsKey("hostIPC")).isFalse();
    assertThat(agent.containsKey("ports")).isFalse();
    assertThat(pod.get("automountServiceAccountToken")).isEqualTo(false);
    assertThat(map(objects, "ServiceAccount").get("automountServiceAccountToken")).isEqualTo(false);
    for (Object mount : list(agent, "volumeMounts")) {
      Map<?, ?> each = (Map<?, ?>) mount;
      assertThat(each.get("readOnly"))
          .as("%s", each)
          .isEqualTo(List.of("state", "tmp").contains(each.get("name")) ? null : true);
    }
    assertThat(map(agent, "resources").keySet()).hasSize(2);
    assertThat(pod.get("tolerations")).isEqualTo(List.of(Map.of("operator", "Exists")));
    assertThat(pod.get("priorityClassName")).isEqualTo("system-node-critical");
  }

  @Test
  void theNetworkPolicyAllowsNoConnectionToTheAgent() {
    Map<?, ?> policy = map(printed(), "NetworkPolicy", "spec");

    assertThat(list(policy, "policyTypes").contains("Ingress")).isTrue();
    assertThat(policy.containsKey("ingress")).isFalse();
    assertThat(map(policy, "podSelector", "matchLabels"))
        .isEqualTo(map(printed(), "DaemonSet", "spec", "template", "metadata", "labels"));
  }

  @Test
  void theNamespaceLetsThePodIn() {
    assertThat(map(printed(), "Namespace", "metadata", "labels"))
        .isEqualTo(
            Map.of(
                "app.kubernetes.io/name", "jig",
                "app.kubernetes.io/managed-by", "kubectl-gadget",
                "pod-security.kubernetes.io/enforce", "privileged",
                "pod-security.kubernetes.io/warn", "privileged"));
  }

  @Test
  void choicesOfTheUserAreInTheDaemonSet() {
    Map<?, ?> pod =
        map(
            printed(
                "--image-pull-policy",
                "Never",
                "--node-selector",
                "disk=ssd,zone=",
                "--containerd-socketpath",
                "/run/k3s/containerd/containerd.sock",
                "--crio-socketpath",
                "/var/run/crio/../crio/crio.sock"),
            "DaemonSet",
            "spec",
            "template",
            "spec");
    Map<?, ?> agent = (Map<?, ?>) list(pod, "containers").getFirst();

    assertThat(agent.get("image")).isEqualTo(IMAGE);
    assertThat(agent.get("imagePullPolicy")).isEqualTo("Never");
    assertThat(pod.get("nodeSelector"))
        .isEqualTo(Map.of("kubernetes.io/os", "linux", "disk", "ssd", "zone", ""));
    assertThat(agent.get("args"))
        .isEqualTo(
            List.of(
                "agent",
                "--node=$(NODE_NAME)",
                "--runtimes=containerd,cri-o",
                "--containerd-socketpath=/run/k3s/containerd/containerd.sock",
                "--crio-socketpath=/var/run/crio/crio.sock"));
    List<Object> folders = new ArrayList<>();
    for (Object each : list(pod, "volumes")) {
      Map<?, ?> volume = (Map<?, ?>) each;
      if (String.valueOf(volume.get("name")).startsWith("runtime-")) {
        folders.add(map(volume, "hostPath").get("path"));
      }
    }
    assertThat(folders).isEqualTo(List.of("/run/k3s/containerd", "/var/run/crio"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          --image-pull-policy always    | "always" is not a pull policy. Write Always, IfNotPresent or Never.
          --node-selector disk          | "disk" is not a node label. Write key=value,key=value.
          --timeout 0                   | "0" is not a value of --timeout. Write a duration such as 120s or 5m.
          --timeout soon                | "soon" is not a duration. Write numbers with a unit (ns, us, ms, s, m, h), such as 10s, 1m30s or 250ms.
          --containerd-socketpath a/b   | "a/b" is not the path of a socket on a node. Write an absolute path.
          """)
  void reportsAnInvalidValueWithAHint(String arguments, String line) {
    List<String> words = new ArrayList<>(List.of("deploy", "--image", IMAGE, "--print-only"));
    words.addAll(List.of(arguments.split(" ", -1)));

    assertThat(gadget(words.toArray(String[]::new)))
        .isEqualTo(new Run(2, "", "ig: " + line + "\n"));
  }

  @Test
  void theVersionFlagPrintsTheClientLine() {
    Run run = gadget("--version");

    assertThat(run.out()).matches("Client version: v\\d+\\.\\d+\\.\\d+\\S*\\n");
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
  }

  @Test
  void printsTheClientVersionWithoutAKubeconfigAndWhatIsMissing(@TempDir Path folder) {
    Path absent = folder.resolve("config");

    Run run = gadget("version", "--kubeconfig", absent.toString());

    assertThat(run.out()).isEqualTo(gadget("--version").out());
    assertThat(run.err()).startsWith("cannot read the kubeconfig " + absent + ": no such file");
    assertThat(run.exitCode()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-5s", "soon", "1000000h"})
  void reportsAnInvalidRequestTimeoutBeforeConnecting(String value) {
    assertThat(gadget("version", "--request-timeout", value).err())
        .isEqualTo(
            "ig: \""
                + value
                + "\" is not a value of --request-timeout. Write a duration such as 30s or 1m; 0 is"
                + " no limit.\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"deploy", "undeploy", "version", "trace dns", "advise dns"})
  void everyCommandHasKubectlsFlagsAndHelp(String command) {
    Run help = gadget((command + " --help").split(" ", -1));

    assertThat(help.exitCode()).isZero();
    assertThat(help.out())
        .contains("--kubeconfig", "--context", "--cluster", "--user", "-s, --server", "--token")
        .contains("--certificate-authority", "--client-certificate", "--client-key")
        .contains("--insecure-skip-tls-verify", "--tls-server-name", "--request-timeout")
        .contains("--as=", "--as-group", "--as-uid", "--gadget-namespace", "-h, --help");
    assertThat(help.out().lines()).allMatch(line -> line.length() <= 100);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          advise dns -o jsn         | "jsn" is not an output format of ig advise dns. Did you mean json?
          advise dns --evidence 101 | "101" is not a value of --evidence. Write a number from 0 to 100.
          advise dns --only blockd  | "blockd" is not a kind of finding. Did you mean blocked?
          advise dns -F failed      | -F of ig advise dns cannot use failed. Choose clients and questions; how lookups ended is what it is to judge.
          advise dns -l a=b=c       | The selector "a=b=c" has
          trace dns --names --lookups | --names and --lookups exclude each other. Take one: -o json has the lookups of each name too.
          """)
  void refusesAnInvalidValueBeforeConnecting(String arguments, String message) {
    Run run = gadget(arguments.split(" ", -1));

    assertThat(run.err()).startsWith("ig: " + message);
    assertThat(run.exitCode()).isEqualTo(2);
  }

  @Test
  void adviseListsTheKindsOfFindingsWithoutACluster() {
    assertThat(gadget("advise", "dns", "--list").out().lines()).hasSize(FindingId.values().length);
  }

  private static Map<String, Map<?, ?>> printed(String... more) {
    List<String> words = new ArrayList<>(List.of("deploy", "--image", IMAGE, "--print-only"));
    words.addAll(List.of(more));
    Run run = gadget(words.toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isZero();
    Map<String, Map<?, ?>> objects = new LinkedHashMap<>();
    for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(run.out())) {
      Map<?, ?> object = (Map<?, ?>) document;
      objects.put(String.valueOf(object.get("kind")), object);
    }
    return objects;
  }

  private static Map<?, ?> map(Map<?, ?> from, String... path) {
    Map<?, ?> at = from;
    for (String step : path) {
      at = (Map<?, ?>) Objects.requireNonNull(at.get(step), step);
    }
    return at;
  }

  private static List<?> list(Map<?, ?> from, String name) {
    return (List<?>) Objects.requireNonNull(from.get(name), name);
  }

  private static Run gadget(String... words) {
    PrintStream stdout = System.out;
    PrintStream stderr = System.err;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(out, true, UTF_8));
      System.setErr(new PrintStream(err, true, UTF_8));
      CommandLine command = KubectlGadget.commandLine(Map.of());
      command.setOut(new PrintWriter(out, true, UTF_8));
      command.setErr(new PrintWriter(err, true, UTF_8));
      int code = command.execute(words);
      return new Run(code, out.toString(UTF_8), err.toString(UTF_8));
    } finally {
      System.setOut(stdout);
      System.setErr(stderr);
    }
  }
}
