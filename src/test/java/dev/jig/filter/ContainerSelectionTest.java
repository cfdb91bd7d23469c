package dev.jig.filter;

import static dev.jig.filter.ContainerSelection.Match.NEEDS_NAME;
import static dev.jig.filter.ContainerSelection.Match.PASS;
import static dev.jig.filter.ContainerSelection.Match.SKIP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jig.event.Container;
import dev.jig.event.SampleEvents;
import dev.jig.event.UserFacingException;
import dev.jig.filter.ContainerSelection.Match;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ContainerSelectionTest {
  private static final String ID = "b176".repeat(16);

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          '',                   web,  PASS
          '',                   ,     PASS
          web,                  web,  PASS
          web,                  web2, SKIP
          web,                  Web,  SKIP
          web,                  ,     NEEDS_NAME
          'web,db',             db,   PASS
          ' web , db ',         db,   PASS
          '!web',               web,  SKIP
          '!web',               db,   PASS
          '!web',               ,     NEEDS_NAME
          'web,!web',           web,  SKIP
          b176b176b176,         web,  PASS
          B176B176B176,         web,  PASS
          b176b176b176,         ,     PASS
          b176b176b17,          web,  SKIP
          b176b176b17,          ,     NEEDS_NAME
          aaaaaaaaaaaa,         web,  SKIP
          aaaaaaaaaaaa,         ,     SKIP
          aaaaaaaaaaaa,         aaaaaaaaaaaa, PASS
          '!b176b176b176',      ,     SKIP
          '!aaaaaaaaaaaa',      ,     PASS
          'b176b176b176,!web',  ,     NEEDS_NAME
          'web,!b176b176b176',  ,     SKIP
          """)
  void decidesByNameAndId(String containers, String name, Match verdict) {
    Container container =
        name == null ? Container.unnamed("docker", ID) : SampleEvents.container(name);

    assertThat(ContainerSelection.parse(containers, false).match(container)).isEqualTo(verdict);
    assertThat(ContainerSelection.parse(containers, true).match(container)).isEqualTo(verdict);
  }

  @Test
  void passesTheHostOnlyIfSetAndIndependentOfContainers() {
    assertThat(ContainerSelection.parse("", false).match(null)).isEqualTo(SKIP);
    assertThat(ContainerSelection.parse("", true).match(null)).isEqualTo(PASS);
    assertThat(ContainerSelection.parse("web", true).match(null)).isEqualTo(PASS);
    assertThat(ContainerSelection.parse("!web", false).match(null)).isEqualTo(SKIP);
  }

  @Test
  void reportsWhetherAllContainersPass() {
    assertThat(ContainerSelection.parse("", true).isAllContainers()).isTrue();
    assertThat(ContainerSelection.parse("!web", true).isAllContainers()).isFalse();
    assertThat(ContainerSelection.parse("web", true).match(Container.unnamed(null, "0")))
        .isEqualTo(NEEDS_NAME);
  }

  @ParameterizedTest
  @CsvSource({"'web,'", "'!'", "',web'"})
  void rejectsEmptyNames(String containers) {
    assertThatThrownBy(() -> ContainerSelection.parse(containers, false))
        .isInstanceOf(UserFacingException.class)
        .hasMessageContaining("\"" + containers + "\"");
  }

  private static Container ofPod(@Nullable String name, Container.Pod pod) {
    return new Container("containerd", ID, name, "app:1", null, Map.of(), pod);
  }

  private static Container.Pod pod(String namespace, String name, Map<String, String> labels) {
    return new Container.Pod(namespace, name, "uid", labels, "main", false);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          -,    -,     '',          PASS
          shop, -,     '',          PASS
          Shop, -,     '',          SKIP
          shop, web-0, '',          PASS
          shop, web,   '',          SKIP
          -,    web-0, app=web,     PASS
          -,    -,     app!=web,    SKIP
          jobs, -,     app=web,     SKIP
          """)
  void decidesByNamespacePodAndLabels(
      String namespace, String podName, String labels, Match verdict) {
    ContainerSelection selection =
        ContainerSelection.parse("", true)
            .withNamespace(namespace)
            .withPodName(podName)
            .withLabels(LabelSelector.parse(labels));
    Container container = ofPod("main", pod("shop", "web-0", Map.of("app", "web")));

    assertThat(selection.match(container)).isEqualTo(verdict);
    assertThat(selection.match(null)).isEqualTo(PASS);
  }

  @Test
  void isUndecidedOnlyWhereANameOrLabelDecides() {
    ContainerSelection shop = ContainerSelection.parse("", false).withNamespace("shop");
    ContainerSelection labelled =
        ContainerSelection.parse("", false).withLabels(LabelSelector.parse("!app"));
    Container onlyUid = ofPod(null, new Container.Pod(null, null, "uid", null, null, false));

    // Known by its cgroup's path, with or without a pod in it
    assertThat(shop.match(onlyUid)).isEqualTo(NEEDS_NAME);
    assertThat(shop.match(Container.unnamed("docker", ID))).isEqualTo(NEEDS_NAME);
    assertThat(labelled.match(onlyUid)).isEqualTo(NEEDS_NAME);
    assertThat(labelled.withPodName("x").withNamespace("y").match(onlyUid)).isEqualTo(NEEDS_NAME);

    // Named, but without its pod's labels so far
    Container early = ofPod("web", new Container.Pod("shop", "web-0", "uid", null, "web", false));
    assertThat(labelled.match(early)).isEqualTo(NEEDS_NAME);
    assertThat(shop.match(early)).isEqualTo(PASS);

    // Excluded by its id: the pod does not matter
    assertThat(ContainerSelection.parse("!" + ID, false).withNamespace("shop").match(onlyUid))
        .isEqualTo(SKIP);

    // Named, and no pod's
    assertThat(shop.match(SampleEvents.container("web"))).isEqualTo(SKIP);
    assertThat(labelled.match(SampleEvents.container("web"))).isEqualTo(SKIP);
  }

  @Test
  void matchesTheContainerNameWithinThePod() {
    ContainerSelection selection = ContainerSelection.parse("main,!sidecar", false);
    assertThat(selection.match(ofPod("k8s_main_web-0", pod("shop", "web-0", Map.of()))))
        .isEqualTo(PASS);
    assertThat(ContainerSelection.parse("!main", false).match(ofPod("x", pod("s", "p", Map.of()))))
        .isEqualTo(SKIP);
  }

  @Test
  void podCriteriaRestrictTheContainers() {
    ContainerSelection all = ContainerSelection.parse("", false);
    assertThat(all.withNamespace("shop").isAllContainers()).isFalse();
    assertThat(all.withPodName("web-0").isAllContainers()).isFalse();
    assertThat(all.withLabels(LabelSelector.parse("app")).isAllContainers()).isFalse();
    assertThat(all.withNamespace(null).withPodName(null).isAllContainers()).isTrue();
  }
}
