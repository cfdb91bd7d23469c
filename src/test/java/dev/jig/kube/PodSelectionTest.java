package dev.jig.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.event.Container;
import dev.jig.kube.PodSelection.Verdict;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PodSelectionTest {
  private static final Container WEB = container("demo", "web-1", "main", Map.of("app", "web"));

  @Test
  void everyPodPassesIfNothingIsAskedFor() {
    assertThat(selection("", "", "", "").verdict(WEB)).isEqualTo(Verdict.PASS);
    assertThat(selection("", "", "", "").verdict(Container.unnamed("containerd", "1234")))
        .isEqualTo(Verdict.PASS);
  }

  @Test
  void processesOutsideContainersNeverPass() {
    assertThat(selection("", "", "", "").verdict(null)).isEqualTo(Verdict.SKIP);
  }

  @Test
  void everyWordHasToFit() {
    assertThat(selection("demo", "web-1", "main", "app=web").verdict(WEB)).isEqualTo(Verdict.PASS);
    assertThat(selection("other", "web-1", "main", "app=web").verdict(WEB)).isEqualTo(Verdict.SKIP);
    assertThat(selection("demo", "web", "", "").verdict(WEB)).isEqualTo(Verdict.SKIP);
    assertThat(selection("demo", "", "side", "").verdict(WEB)).isEqualTo(Verdict.SKIP);
    assertThat(selection("demo", "", "", "app!=web").verdict(WEB)).isEqualTo(Verdict.SKIP);
  }

  @Test
  void withoutItsNameAContainerCannotBeCompared() {
    Container unnamed = Container.unnamed("containerd", "1234");

    assertThat(selection("demo", "", "", "").verdict(unnamed)).isEqualTo(Verdict.UNDECIDED);
  }

  @Test
  void aContainerOfNoPodIsInNoNamespace() {
    Container docker = new Container("docker", "12", "db", null, null, Map.of(), null);

    assertThat(selection("demo", "", "", "").verdict(docker)).isEqualTo(Verdict.SKIP);
  }

  private static PodSelection selection(String ns, String pod, String container, String labels) {
    return new PodSelection(ns, pod, container, LabelSelector.parse(labels));
  }

  private static Container container(
      String namespace, String pod, String name, Map<String, String> labels) {
    return new Container(
        "containerd",
        "ab12",
        "k8s_" + name,
        null,
        null,
        Map.of(),
        new Container.Pod(namespace, pod, "uid", labels, name, false));
  }
}
