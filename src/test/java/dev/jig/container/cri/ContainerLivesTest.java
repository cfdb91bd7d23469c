package dev.jig.container.cri;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.container.ContainerRuntime.Life;
import dev.jig.container.ContainerRuntime.News;
import dev.jig.container.cri.ContainerLives.Described;
import dev.jig.event.Container;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ContainerLivesTest {
  private static final Instant AT = Instant.ofEpochSecond(1_795_400_477);

  private final List<News> news = new ArrayList<>();
  private final ContainerLives lives = new ContainerLives(news::add);

  private static Container named(String id) {
    return new Container("containerd", id, "web", "app:1", null, Map.of(), null);
  }

  @Test
  void anAnswerOlderThanAnEventDoesNotTellWhetherItRuns() {
    long asked = lives.eventCount();
    lives.started("a", AT);

    lives.answered(new Described(named("a"), false), asked);

    assertThat(news).containsExactly(new News.Described(named("a"), true));
  }

  @Test
  void aNameThatComesAfterTheEndIsToldForTheLastPackets() {
    lives.created("a");
    long asked = lives.eventCount();
    lives.removed("a", AT);
    assertThat(news).isEmpty();

    lives.answered(new Described(named("a"), false), asked);
    lives.answered(new Described(named("a"), false), asked);

    assertThat(news)
        .extracting(n -> n instanceof News.Happened happened ? happened.life() : null)
        .containsExactly(Life.CREATED, Life.REMOVED);
  }

  @Test
  void aSandboxNeverCountsAsRunning() {
    Container sandbox = new Container("containerd", "s", null, null, null, Map.of(), null);
    lives.created("s");
    lives.answered(new Described(sandbox, false), lives.eventCount());

    lives.started("s", AT);
    lives.answered(new Described(sandbox, true), lives.eventCount());

    assertThat(news).allMatch(n -> n instanceof News.Described told && !told.running());
  }

  @Test
  void aListingKeepsWhatWasBornMeanwhileAndDropsWhatIsGone() {
    lives.answered(new Described(named("gone"), true), lives.eventCount());
    long asked = lives.eventCount();
    lives.created("born");
    news.clear();

    lives.listed(List.of(new Described(named("there"), true)), asked);

    assertThat(news)
        .containsExactly(
            new News.Described(named("there"), true), new News.Listed(Set.of("there", "born")));
  }
}
