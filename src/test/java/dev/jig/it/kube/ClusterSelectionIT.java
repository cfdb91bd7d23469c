package dev.jig.it.kube;

import static dev.jig.it.kube.TestCluster.trace;
import static dev.jig.it.kube.TestPod.lookupScript;
import static dev.jig.it.kube.TestPod.runOnce;
import static dev.jig.it.kube.TestPod.shell;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Which traces show which pods: pods of every kind each look up one name after the traces started.
@OnCluster
final class ClusterSelectionIT {
  private static final String FORMS = "jig-test-forms";
  private static final String OTHER = "jig-test-other";
  private static final String ZONE = ".forms.example.test.";

  /// A container that looks up its own name once.
  private record TestedContainer(String namespace, String pod, String container, String label) {
    /// Its own rows.
    List<Row> rows() {
      return List.of(
          new Row(namespace, pod, container, "Q", "OUTGOING", label + ZONE),
          new Row(namespace, pod, container, "R", "HOST", label + ZONE));
    }

    Row response() {
      return rows().getLast();
    }

    /// The rows of the cluster's DNS server.
    List<Row> served() {
      return List.of(
          new Row("kube-system", "dns", "dnsmasq", "Q", "HOST", label + ZONE),
          new Row("kube-system", "dns", "dnsmasq", "R", "OUTGOING", label + ZONE));
    }
  }

  /// The checked columns. The pod's name is without its controller's suffix.
  private record Row(
      String namespace, String pod, String container, String qr, String type, String name) {
    static Row of(Json event) {
      return new Row(
          event.text("k8s.namespace"),
          event.text("k8s.podName").replaceFirst("^(brief|dns)-.*", "$1"),
          event.text("k8s.containerName"),
          event.text("qr"),
          event.text("pktType"),
          event.text("name"));
    }
  }

  private static final TestedContainer ONE = new TestedContainer(FORMS, "one", "main", "one");
  private static final TestedContainer NAMESAKE =
      new TestedContainer(OTHER, "one", "main", "namesake");
  private static final TestedContainer FIRST = new TestedContainer(FORMS, "pair", "first", "first");
  private static final TestedContainer SECOND =
      new TestedContainer(FORMS, "pair", "second", "second");
  private static final TestedContainer HOSTNET =
      new TestedContainer(FORMS, "hostnet", "main", "hostnet");
  private static final TestedContainer BRIEF = new TestedContainer(FORMS, "brief", "main", "brief");
  private static final List<TestedContainer> ALL =
      List.of(ONE, NAMESAKE, FIRST, SECOND, HOSTNET, BRIEF);

  @BeforeAll
  static void deploy() {
    TestCluster.requireDeployed();
    TestCluster.makeNamespace(FORMS);
    TestCluster.makeNamespace(OTHER);
  }

  @AfterAll
  static void cleanUp() {
    List.of(FORMS, OTHER).forEach(TestCluster::removeNamespace);
  }

  @Test
  void everyKindOfPodIsShownToTheTracesThatSelectIt() {
    String node = TestCluster.agent().getSpec().getNodeName();
    String ours = "name:~" + ZONE.replace(".", "\\.") + "$";
    List<List<String>> asked =
        List.of(
            List.of("-A", "-F", ours),
            List.of("-n", FORMS, "-p", "pair"),
            List.of("-n", FORMS, "-c", "second"),
            List.of("-n", FORMS, "-l", "app in (one, hostnet), !job-name"),
            List.of("-A", "-l", "app=one", "--node", "elsewhere," + node, "-F", "qr:R"),
            List.of("-A", "--node", "elsewhere"));
    List<IgProcess> traces = begin(asked);
    try {
      start();
      traces.getFirst().awaitEvents(4 * ALL.size());

      List<List<Row>> seen = new ArrayList<>();
      for (IgProcess trace : traces) {
        seen.add(trace.stop().lines().stream().map(line -> Row.of(Json.of(line))).toList());
      }
      assertThat(seen.getFirst())
          .containsExactlyInAnyOrderElementsOf(
              ALL.stream()
                  .flatMap(it -> Stream.concat(it.rows().stream(), it.served().stream()))
                  .toList());
      assertThat(seen.get(1)).containsExactlyInAnyOrderElementsOf(rows(FIRST, SECOND));
      assertThat(seen.get(2)).containsExactlyElementsOf(rows(SECOND));
      assertThat(seen.get(3)).containsExactlyInAnyOrderElementsOf(rows(ONE, HOSTNET));
      assertThat(seen.get(4)).containsExactlyInAnyOrder(ONE.response(), NAMESAKE.response());
      assertThat(seen.get(5)).isEmpty();
      traces.get(5).awaitErr("no agent runs on the node elsewhere yet, waiting for one.");
    } finally {
      traces.forEach(IgProcess::close);
    }
  }

  private static List<IgProcess> begin(List<List<String>> asked) {
    List<CompletableFuture<IgProcess>> begun =
        asked.stream()
            .map(words -> {
              List<String> all = new ArrayList<>(words);
              all.addAll(List.of("-o", "json"));
              CompletableFuture<IgProcess> trace = new CompletableFuture<>();
              Thread.ofVirtual()
                  .start(() -> {
                    try {
                      trace.complete(trace(all.toArray(String[]::new)));
                    } catch (Throwable e) {
                      trace.completeExceptionally(e);
                    }
                  });
              return trace;
            })
            .toList();
    CompletableFuture.allOf(begun.toArray(CompletableFuture[]::new))
        .exceptionally(failure -> {
          begun.stream()
              .filter(it -> !it.isCompletedExceptionally())
              .forEach(it -> it.join().close());
          throw new AssertionError(failure);
        })
        .join();
    return begun.stream().map(CompletableFuture::join).toList();
  }

  private static List<Row> rows(TestedContainer... askers) {
    return Stream.of(askers).flatMap(it -> it.rows().stream()).toList();
  }

  private static void start() {
    TestPod.run(FORMS, "one", lookupScript(ONE.label() + ZONE));
    TestPod.run(OTHER, "one", lookupScript(NAMESAKE.label() + ZONE));
    TestPod.create(
        FORMS,
        "pair",
        runOnce(
            shell("first", TestCluster.BUSYBOX, lookupScript(FIRST.label() + ZONE)),
            shell("second", TestCluster.TOOLS, "dig +tries=1 " + SECOND.label() + ZONE)));
    PodSpec hostnet =
        runOnce(shell("main", TestCluster.BUSYBOX, lookupScript(HOSTNET.label() + ZONE)));
    hostnet.setHostNetwork(true);
    hostnet.setDnsPolicy("ClusterFirstWithHostNet");
    TestPod.create(FORMS, "hostnet", hostnet);
    TestCluster.client().resource(job()).create();
  }

  /// A job with a pod that ends as soon as it has its answer.
  private static Job job() {
    return new JobBuilder()
        .withNewMetadata()
        .withName("brief")
        .withNamespace(FORMS)
        .endMetadata()
        .withNewSpec()
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(Map.of("app", "brief"))
        .endMetadata()
        .withSpec(runOnce(shell("main", TestCluster.BUSYBOX, lookupScript(BRIEF.label() + ZONE))))
        .endTemplate()
        .endSpec()
        .build();
  }
}
