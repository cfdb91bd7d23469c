package dev.jig.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BenchOptionsTest {
  private static final List<FigureGroup> GROUPS =
      List.of(group("CPU"), group("one-sided CPU"), group("start"));

  @Test
  void parsesOptionsAndGroups() {
    BenchOptions options = parse("start", "--baseline", "/tmp/before", "--quick");

    assertThat(options.effort()).isEqualTo(Effort.QUICK);
    assertThat(options.baseline()).contains(Path.of("/tmp/before"));
    assertThat(options.groups()).containsExactly("start");
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertThatThrownBy(() -> parse("--baseline")).hasMessageContaining("needs a checkout");
    assertThatThrownBy(() -> parse("--slow")).hasMessageContaining("--slow");
    assertThatThrownBy(() -> parse("stop").select(GROUPS)).hasMessageContaining("one-sided CPU");
  }

  @Test
  void choosesByTitleOrPartOfIt() {
    assertThat(titles()).containsExactly("CPU", "one-sided CPU", "start");
    assertThat(titles("CPU")).containsExactly("CPU");
    assertThat(titles("sided", "sta")).containsExactly("one-sided CPU", "start");
  }

  private static List<String> titles(String... words) {
    return parse(words).select(GROUPS).stream().map(FigureGroup::title).toList();
  }

  private static BenchOptions parse(String... args) {
    return BenchOptions.parse(args);
  }

  private static FigureGroup group(String title) {
    return new FigureGroup() {
      @Override
      public String title() {
        return title;
      }

      @Override
      public List<Measurement> measure() {
        return List.of();
      }
    };
  }
}
