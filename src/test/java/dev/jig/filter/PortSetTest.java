package dev.jig.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jig.event.UserFacingException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PortSetTest {
  @Test
  void containsOnlyTheListedPorts() {
    PortSet ports = PortSet.parse("53, 5353,65535,1");

    assertThat(ports.isAny()).isFalse();
    assertThat(ports.ports().stream()).containsExactly(1, 53, 5353, 65535);
    assertThat(ports.contains(53)).isTrue();
    assertThat(ports.contains(54)).isFalse();
  }

  @Test
  void anyContainsOnlyTheDefaultPorts() {
    PortSet ports = PortSet.parse("any");

    assertThat(ports.isAny()).isTrue();
    assertThat(ports.ports().stream()).containsExactly(53, 5353);
    assertThat(ports.contains(5353)).isTrue();
    assertThat(ports.contains(40000)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"0,0", "65536,65536", "'53,',''", "'',''", "53x,53x", "-1,-1", "'53,any',any"})
  void rejectsInvalidPortsAndNamesThem(String text, String part) {
    assertThatThrownBy(() -> PortSet.parse(text))
        .isInstanceOf(UserFacingException.class)
        .hasMessage("\"" + part + "\" is not a port.");
  }

  @Test
  void accepts16PortsAndRejects17() {
    assertThat(PortSet.parse(list(16)).ports().cardinality()).isEqualTo(16);
    assertThatThrownBy(() -> PortSet.parse(list(17)))
        .isInstanceOf(UserFacingException.class)
        .hasMessageContaining("17 ports");
  }

  private static String list(int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(","));
  }
}
