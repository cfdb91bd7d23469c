package dev.jig.filter;

import static dev.jig.filter.ContainerSelection.Verdict.PASS;
import static dev.jig.filter.ContainerSelection.Verdict.SKIP;
import static dev.jig.filter.ContainerSelection.Verdict.UNDECIDED_NAME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jig.event.Container;
import dev.jig.event.SampleEvents;
import dev.jig.event.UsageException;
import dev.jig.filter.ContainerSelection.Verdict;
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
          web,                  ,     UNDECIDED_NAME
          'web,db',             db,   PASS
          ' web , db ',         db,   PASS
          '!web',               web,  SKIP
          '!web',               db,   PASS
          '!web',               ,     UNDECIDED_NAME
          'web,!web',           web,  SKIP
          b176b176b176,         web,  PASS
          B176B176B176,         web,  PASS
          b176b176b176,         ,     PASS
          b176b176b17,          web,  SKIP
          b176b176b17,          ,     UNDECIDED_NAME
          aaaaaaaaaaaa,         web,  SKIP
          aaaaaaaaaaaa,         ,     SKIP
          aaaaaaaaaaaa,         aaaaaaaaaaaa, PASS
          '!b176b176b176',      ,     SKIP
          '!aaaaaaaaaaaa',      ,     PASS
          'b176b176b176,!web',  ,     UNDECIDED_NAME
          'web,!b176b176b176',  ,     SKIP
          """)
  void decidesByNameAndId(String containers, String name, Verdict verdict) {
    Container container =
        name == null ? Container.unnamed("docker", ID) : SampleEvents.container(name);

    assertThat(ContainerSelection.parse(containers, false).verdict(container)).isEqualTo(verdict);
    assertThat(ContainerSelection.parse(containers, true).verdict(container)).isEqualTo(verdict);
  }

  @Test
  void showsTheHostOnlyIfAskedAndThenWhateverContainersAreAskedFor() {
    assertThat(ContainerSelection.parse("", false).verdict(null)).isEqualTo(SKIP);
    assertThat(ContainerSelection.parse("", true).verdict(null)).isEqualTo(PASS);
    assertThat(ContainerSelection.parse("web", true).verdict(null)).isEqualTo(PASS);
    assertThat(ContainerSelection.parse("!web", false).verdict(null)).isEqualTo(SKIP);
  }

  @Test
  void knowsWhetherItSelectsAtAll() {
    assertThat(ContainerSelection.parse("", true).isEveryContainer()).isTrue();
    assertThat(ContainerSelection.parse("!web", true).isEveryContainer()).isFalse();
    assertThat(ContainerSelection.parse("web", true).verdict(Container.unnamed(null, "0")))
        .isEqualTo(UNDECIDED_NAME);
  }

  @ParameterizedTest
  @CsvSource({"'web,'", "'!'", "',web'"})
  void refusesEmptyNames(String containers) {
    assertThatThrownBy(() -> ContainerSelection.parse(containers, false))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("\"" + containers + "\"");
  }
}
