package dev.jig.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jig.event.UsageException;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LabelSelectorTest {
  private static final Map<String, String> WEB =
      Map.of("app", "web", "tier", "front", "example.org/zone", "a-1", "empty", "");

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "'' ; true",
        "app=web ; true",
        "app==web,tier=front ; true",
        "app=web,tier=back ; false",
        "app!=web ; false",
        "app!=db ; true",
        "absent!=x ; true",
        "app in (db, web) ; true",
        "app in (db) ; false",
        "app notin (db,web) ; false",
        "absent notin (x) ; true",
        "absent in (x) ; false",
        "tier ; true",
        "absent ; false",
        "!absent ; true",
        "!tier ; false",
        "empty= ; true",
        "example.org/zone=a-1 ; true",
        "'app in (a,web), !absent ,tier' ; true",
      })
  void matchesAsKubectlDoes(String selector, boolean matches) {
    assertThat(LabelSelector.parse(selector).matches(WEB)).isEqualTo(matches);
  }

  @ParameterizedTest
  @ValueSource(strings = {"=web", "app=web,", "a b", "app in web", "app in (a", "-x=1", "a=b=c"})
  void refusesWhatIsNone(String selector) {
    assertThatThrownBy(() -> LabelSelector.parse(selector))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(selector);
  }
}
