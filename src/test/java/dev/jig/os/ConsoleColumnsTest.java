package dev.jig.os;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// The terminal's width on systems other than Linux.
final class ConsoleColumnsTest {
  @Test
  void columnsVariableTakesPrecedence() {
    assertThat(ConsoleColumns.columns("132", "/nonexistent/stty")).isEqualTo(132);
  }

  @Test
  void fallsBackTo80Columns() {
    assertThat(ConsoleColumns.columns(null, "/nonexistent/stty")).isEqualTo(80);
    assertThat(ConsoleColumns.columns("wide", "/nonexistent/stty")).isEqualTo(80);
    assertThat(ConsoleColumns.columns("0", "/nonexistent/stty")).isEqualTo(80);
  }
}
