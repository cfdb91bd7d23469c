package dev.jig.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jig.event.UserFacingException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// kubectl's selector syntax against one pod's labels: app=web, tier=front, example.org/zone=,
/// beta=in.
final class LabelSelectorTest {
  private static final Map<String, String> LABELS =
      Map.of("app", "web", "tier", "front", "example.org/zone", "", "beta", "in");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                         | true
          '  '                       | true
          app=web                    | true
          app==web                   | true
          app = web                  | true
          app=db                     | false
          App=web                    | false
          app=Web                    | false
          none=web                   | false
          app!=web                   | false
          app!=db                    | true
          app != db                  | true
          none!=web                  | true
          app in (web)               | true
          app in (db,web)            | true
          app in ( db , web )        | true
          app  in(db,web)            | true
          app in (db)                | false
          none in (web)              | false
          app notin (db,cache)       | true
          app notin (db,web)         | false
          none notin (web)           | true
          app                        | true
          none                       | false
          !none                      | true
          ! none                     | true
          !app                       | false
          example.org/zone           | true
          example.org/zone=          | true
          example.org/zone!=         | false
          example.org/zone in (,a)   | true
          app=                       | false
          in                         | false
          beta=in                    | true
          'app=web,tier=front'       | true
          'app=web, tier=back'       | false
          'app in (db,web),!none'    | true
          'app notin (db),tier,none' | false
          """)
  void selectsLikeKubectl(String selector, boolean selected) {
    assertThat(LabelSelector.parse(selector).matches(LABELS)).isEqualTo(selected);
  }

  @Test
  void emptySelectorSelectsPodsWithoutLabels() {
    assertThat(LabelSelector.parse("").isEverything()).isTrue();
    assertThat(LabelSelector.EVERYTHING.matches(Map.of())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ",",
        "app=web,",
        "=web",
        "!",
        "!!app",
        "app=web=db",
        "app>1",
        "app in web",
        "app in (web",
        "app in web)",
        "app in ((web))",
        "app is (web)",
        "app web",
        "app in (we b)",
        "-app",
        "app=-web",
        "a/b/c",
        "/app",
        "Example.org/app",
        "app=\u001b[2J"
      })
  void rejectsSyntaxErrors(String selector) {
    assertThatThrownBy(() -> LabelSelector.parse(selector))
        .isInstanceOf(UserFacingException.class)
        .hasMessageStartingWith("The selector \"" + selector + "\" has ");
  }

  @Test
  void rejectsKeysAndValuesLongerThanKubernetesAllows() {
    String longest = "a".repeat(63);
    assertThat(LabelSelector.parse(longest + "=" + longest).isEverything()).isFalse();
    assertThatThrownBy(() -> LabelSelector.parse(longest + "a")).hasMessageContaining(longest);
    assertThatThrownBy(() -> LabelSelector.parse("a=" + longest + "a"))
        .hasMessageContaining("in place of a label value");
  }
}
