package dev.jig.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.event.Dns;
import dev.jig.event.Row;
import dev.jig.event.SampleEvents;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Bounds and order of rows that wait for a name.
final class HeldRowsTest {
  private final List<String> released = new ArrayList<>();
  private final ScriptedScope scope = ScriptedScope.always(ScriptedScope.HOLD);
  private final IdentityHashMap<Dns, Long> cgroups = new IdentityHashMap<>();
  private final HeldRows held =
      new HeldRows(scope, (row, _) -> released.add(cgroups.get(row.dns()) + ":" + row.dns().id()));

  private void hold(long cgroupId, Row row, long nowNs) {
    cgroups.put(row.dns(), cgroupId);
    held.hold(cgroupId, row, nowNs);
  }

  private static Row event(int id) {
    return SampleEvents.query().with(query -> query.id = id).build();
  }

  @Test
  void releasesEachCgroupSeparatelyAndInOrder() {
    hold(1, event(10), 0);
    hold(2, event(20), 0);
    hold(1, event(11), 0);
    scope.byCgroup.put(1L, ScriptedScope.named("one"));

    held.releaseDue(1);

    assertThat(released).containsExactly("1:10", "1:11");
    assertThat(held.size()).isEqualTo(1);
    assertThat(held.isHolding(1)).isFalse();
    assertThat(held.isHolding(2)).isTrue();
  }

  @Test
  void releasesACgroupWithItsFirstRow() {
    hold(1, event(10), 0);
    hold(1, event(11), HeldRows.MAX_WAIT_NS - 1);

    held.releaseDue(HeldRows.MAX_WAIT_NS - 1);
    assertThat(released).isEmpty();
    held.releaseDue(HeldRows.MAX_WAIT_NS);

    assertThat(released).containsExactly("1:10", "1:11");
  }

  @Test
  void waitsLongerForANameThatTheSelectionNeeds() {
    scope.afterWaiting = ScriptedScope.NAME_UNKNOWN;
    hold(1, event(10), 0);

    held.releaseDue(HeldRows.MAX_REQUIRED_WAIT_NS - 1);
    assertThat(released).isEmpty();
    held.releaseDue(HeldRows.MAX_REQUIRED_WAIT_NS);

    assertThat(released).containsExactly("1:10");
  }

  @Test
  void waitsLongerWhileContainersAreBeingListed() {
    scope.initializing = true;
    hold(1, event(10), 0);

    held.releaseDue(HeldRows.MAX_REQUIRED_WAIT_NS - 1);
    assertThat(released).isEmpty();
    scope.initializing = false;
    held.releaseDue(HeldRows.MAX_REQUIRED_WAIT_NS - 1);

    assertThat(released).containsExactly("1:10");
  }

  @Test
  void releasesTheOldestCgroupWhenFull() {
    // Given: full, with two cgroups
    hold(1, event(1), 0);
    for (int i = 1; i < HeldRows.MAX_ROWS; i++) {
      hold(2, event(2), 0);
    }
    assertThat(released).isEmpty();

    // When
    hold(3, event(3), 0);

    // Then
    assertThat(released).containsExactly("1:1");
    assertThat(held.size()).isEqualTo(HeldRows.MAX_ROWS);
  }

  @Test
  void keepsTheOrderOfOneCgroupWhenFull() {
    for (int i = 0; i <= HeldRows.MAX_ROWS; i++) {
      hold(1, event(i), 0);
    }
    held.releaseAll();
    List<String> all = new ArrayList<>();
    for (int i = 0; i <= HeldRows.MAX_ROWS; i++) {
      all.add("1:" + i);
    }
    assertThat(released).isEqualTo(all);
    assertThat(held.size()).isZero();
  }
}
