package dev.jig.fields;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class NearNamesTest {
  private static final List<String> KNOWN =
      List.of("pid", "tid", "ppid", "name", "runtime.containerName", "k8s.containerName");

  @Test
  void findsNamesOneEditAway() {
    assertThat(NearNames.of("nmae", KNOWN)).containsExactly("name");
    assertThat(NearNames.of("pidd", KNOWN)).containsExactly("pid");
  }

  @Test
  void comparesThePartAfterTheDotIgnoringCase() {
    assertThat(NearNames.of("containername", KNOWN))
        .containsExactly("k8s.containerName", "runtime.containerName");
  }

  @Test
  void returnsAtMostThreeMostSimilarFirst() {
    assertThat(NearNames.of("pid", List.of("xid", "pid", "pad", "pib", "ppid")))
        .containsExactly("pid", "pad", "pib");
  }

  @Test
  void returnsNothingForADifferentWord() {
    assertThat(NearNames.of("colour", KNOWN)).isEmpty();
  }
}
