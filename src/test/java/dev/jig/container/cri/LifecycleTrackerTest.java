package dev.jig.container.cri;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.container.RuntimeEvent.Transition;
import dev.jig.container.RuntimeEvent;
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

  private final List<RuntimeEvent> news = new ArrayList<>();
  private final LifecycleTracker lives = new LifecycleTracker(news::add);

  private static Container named(String id) {
    return new Container("containerd", id, "web", "app:1", null, Map.of(), null);
  }

  @Test
  void anAnswerOlderThanAnEventDoesNotTellWhetherItRuns() {
    long asked = lives.eventCount();
    lives.onStarted("a", AT);

    lives.onInspected(new Inspection(named("a"), false), asked);

    assertThat(news).containsExactly(new RuntimeEvent.Inspected(named("a"), true));
  }

  @Test
  void aNameThatComesAfterTheEndIsToldForTheLastPackets() {
    lives.onCreated("a");
    long asked = lives.eventCount();
    lives.onRemoved("a", AT);
    assertThat(news).isEmpty();

    lives.onInspected(new Inspection(named("a"), false), asked);
    lives.onInspected(new Inspection(named("a"), false), asked);

    assertThat(news)
        .extracting(n -> n instanceof RuntimeEvent.Lifecycle happened ? happened.transition() : null)
        .containsExactly(Transition.CREATED, Transition.REMOVED);
  }

  @Test
  void aSandboxNeverCountsAsRunning() {
    Container sandbox = new Container("containerd", "s", null, null, null, Map.of(), null);
    lives.onCreated("s");
    lives.onInspected(new Inspection(sandbox, false), lives.eventCount());

    lives.onStarted("s", AT);
    lives.onInspected(new Inspection(sandbox, true), lives.eventCount());

    assertThat(news).allMatch(n -> n instanceof RuntimeEvent.Inspected told && !told.running());
  }

  @Test
  void aListingKeepsWhatWasBornMeanwhileAndDropsWhatIsGone() {
    lives.onInspected(new Inspection(named("gone"), true), lives.eventCount());
    long asked = lives.eventCount();
    lives.onCreated("born");
    news.clear();

    lives.onListed(List.of(new Inspection(named("there"), true)), asked);

    assertThat(news)
        .containsExactly(
            new RuntimeEvent.Inspected(named("there"), true), new RuntimeEvent.Listed(Set.of("there", "born")));
  }
}
