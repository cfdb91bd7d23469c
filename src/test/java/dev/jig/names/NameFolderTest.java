package dev.jig.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.event.Container;
import dev.jig.event.NameRow;
import dev.jig.event.Outcome;
import dev.jig.event.SearchSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Many names at once, and the bounds.
final class NameFolderTest {
  private static final List<String> SUFFIXES =
      List.of("ns.svc.cluster.local.", "svc.cluster.local.", "cluster.local.");
  private static final int CONTAINERS = 50;
  private static final int NAMES = 200;

  /// 10,000 names of 50 containers are asked at once, step by step: every third one is found by the
  /// second suffix, every third by none, the others as they are.
  @Test
  void foldsTenThousandNamesAtOnce() {
    Script script = Script.of(new SearchList(SUFFIXES, 5, SearchSource.FILE));
    for (int step = 0; step < 4; step++) {
      for (int i = 0; i < CONTAINERS * NAMES; i++) {
        Container container = Container.unnamed("docker", "c" + i % CONTAINERS);
        script.process(1_000 + i % CONTAINERS, container);
        addStep(script, i / CONTAINERS, step);
      }
    }
    Map<Outcome, Integer> outcomes = new HashMap<>();
    Map<String, Integer> ofContainer = new HashMap<>();
    long queries = 0;
    long wasted = 0;
    for (NameRow row : script.run()) {
      outcomes.merge(row.outcome(), 1, Integer::sum);
      Container container = row.subject().container();
      ofContainer.merge(container == null ? "" : container.id(), 1, Integer::sum);
      queries += row.queries();
      wasted += row.wasted();
      assertThat(row.lookups()).hasSize(row.queries());
    }
    assertThat(script.folder().evicted()).isZero();
    assertThat(ofContainer).hasSize(CONTAINERS).containsValue(NAMES);
    assertThat(ofContainer.values()).containsOnly(NAMES);
    assertThat(queries).isEqualTo(script.queries());
    int bySuffix = CONTAINERS * ((NAMES + 2) / 3);
    int byNone = CONTAINERS * ((NAMES + 1) / 3);
    assertThat(outcomes)
        .containsEntry(Outcome.NXDOMAIN, byNone)
        .containsEntry(Outcome.OK, CONTAINERS * NAMES - byNone);
    assertThat(wasted).isEqualTo(bySuffix * 2L + (CONTAINERS * NAMES - bySuffix) * 6L);
  }

  private static void addStep(Script script, int name, int step) {
    int kind = name % 3;
    if (kind == 0 && step > 1) {
      return;
    }
    String asked = "n" + name + ".x." + (step < 3 ? SUFFIXES.get(step) : "");
    boolean isFound = kind == 0 && step == 1 || kind == 2 && step == 3;
    script.pair(step * 100L, 90, asked, isFound ? "ok" : "nxdomain");
  }

  /// Beyond the bound the oldest names are emitted; no lookup is lost.
  @Test
  void emitsTheOldestBeyondTheBound() {
    Script script = Script.of(null);
    int names = NameFolder.MAX_OPEN + 1_000;
    for (int i = 0; i < names; i++) {
      script.one(0, 1, "n" + i + ".example.", "A", "nxdomain");
    }
    List<NameRow> rows = script.run();
    assertThat(rows).hasSize(names);
    assertThat(script.folder().heapBytes()).isZero();
  }

  /// One process, one first label: names in great number cost no more than others.
  @Test
  void boundsTheNamesWithOneFirstLabel() {
    Script script = Script.of(null);
    for (int i = 0; i < 20_000; i++) {
      script.thread(i % 300 + 1);
      script.one(i / 1_000, 1, "www.n" + i + ".example.", "A", "nxdomain");
    }
    List<NameRow> rows = script.run();
    assertThat(rows.stream().mapToInt(NameRow::queries).sum()).isEqualTo(20_000);
    assertThat(rows.stream().mapToInt(NameRow::wasted).sum()).isZero();
    assertThat(script.folder().evicted()).isPositive();
  }

  /// Names of another container's search list are no walk.
  @Test
  void aListIsLearnedForItsContainerAlone() {
    Script script = Script.of(null);
    script.process(1, Container.unnamed(null, "one"));
    script.pair(0, 1, "a.x.corp.example.", "nxdomain").pair(2, 1, "a.x.example.", "nxdomain");
    script.pair(4, 1, "a.x.", "ok");
    script.process(2, Container.unnamed(null, "two"));
    script.pair(2_000, 1, "b.corp.example.", "nxdomain").pair(2_002, 1, "b.example.", "ok");
    script.process(3, Container.unnamed(null, "one"));
    script.pair(3_000, 1, "b.corp.example.", "nxdomain").pair(3_002, 1, "b.example.", "ok");
    assertThat(script.text())
        .isEqualTo(
            """
            a.x. → a.x. ok 6/4/4 learned
            b.corp.example. → - nxdomain 2/0/0 -
            b.example. → b.example. ok 2/0/0 -
            b. → b.example. ok 4/2/4 learned
            """);
  }
}
