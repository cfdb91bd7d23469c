package dev.jig.container.cri;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.container.RuntimeEvent;
import dev.jig.container.RuntimeEvent.Transition;
import dev.jig.container.cri.LifecycleTracker.Inspection;
import dev.jig.event.Container;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class LifecycleTrackerTest {
  private static final Instant AT = Instant.ofEpochSecond(1_795_400_477);

  private final List<RuntimeEvent> events = new ArrayList<>();
  private final LifecycleTracker tracker = new LifecycleTracker(events::add);

  private static Container named(String id) {
    return new Container("containerd", id, "web", "app:1", null, Map.of(), null);
  }

  @Test
  void anEventOverridesAnOlderInspectionAsToWhetherItRuns() {
    long requestedAt = tracker.eventCount();
    tracker.onStarted("a", AT);

    tracker.onInspected(new Inspection(named("a"), false), requestedAt);

    assertThat(events).containsExactly(new RuntimeEvent.Inspected(named("a"), true));
  }

  @Test
  void aNameThatComesAfterTheRemovalIsReportedOnce() {
    tracker.onCreated("a");
    long requestedAt = tracker.eventCount();
    tracker.onRemoved("a", AT);
    assertThat(events).isEmpty();

    tracker.onInspected(new Inspection(named("a"), false), requestedAt);
    tracker.onInspected(new Inspection(named("a"), false), requestedAt);

    assertThat(events)
        .extracting(
            n -> n instanceof RuntimeEvent.Lifecycle happened ? happened.transition() : null)
        .containsExactly(Transition.CREATED, Transition.REMOVED);
  }

  @Test
  void aSandboxNeverCountsAsRunning() {
    Container sandbox = new Container("containerd", "s", null, null, null, Map.of(), null);
    tracker.onCreated("s");
    tracker.onInspected(new Inspection(sandbox, false), tracker.eventCount());

    tracker.onStarted("s", AT);
    tracker.onInspected(new Inspection(sandbox, true), tracker.eventCount());

    assertThat(events)
        .allMatch(n -> n instanceof RuntimeEvent.Inspected inspected && !inspected.running());
  }

  @Test
  void aListingKeepsContainersCreatedMeanwhileAndDropsMissingOnes() {
    tracker.onInspected(new Inspection(named("gone"), true), tracker.eventCount());
    long requestedAt = tracker.eventCount();
    tracker.onCreated("created");
    events.clear();

    tracker.onListed(List.of(new Inspection(named("there"), true)), requestedAt);

    assertThat(events)
        .containsExactly(
            new RuntimeEvent.Inspected(named("there"), true),
            new RuntimeEvent.Listed(Set.of("there", "created")));
  }
}
