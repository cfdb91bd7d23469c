package dev.jig.output;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class EscapingTest {
  @ParameterizedTest
  @EnumSource
  void escapesTerminalControls(Escaping form) {
    for (String text : HostileText.ALL) {
      assertThat(form.escape(text)).doesNotContain("\n").matches(HostileText::isHarmless);
    }
  }

  @Property(tries = 300)
  void escapesTerminalControlsInAnyText(@ForAll String text) {
    for (Escaping form : Escaping.values()) {
      assertThat(form.escape(text)).doesNotContain("\n").matches(HostileText::isHarmless);
    }
  }

  @Test
  void showsEscapedCharactersInTableCells() {
    assertThat(Escaping.TERMINAL.escape("a\u001b[31m\n\0\u007f"))
        .isEqualTo("a\\x1b[31m\\x0a\\x00\\x7f");
    assertThat(Escaping.TERMINAL.escape("\u009b\u00ad")).isEqualTo("\\x9b\\xad");
    assertThat(Escaping.TERMINAL.escape("\u202e\u200b\u2028\ufeff"))
        .isEqualTo("\\u202e\\u200b\\u2028\\ufeff");
    assertThat(Escaping.TERMINAL.escape("\udb40\udc01")).isEqualTo("\\U000e0001");
    assertThat(Escaping.TERMINAL.escape("\ud83d!")).isEqualTo("\\ud83d!");
  }

  @Test
  void escapesForQuotedStrings() {
    assertThat(Escaping.JSON.escape("\u001b\u009b\u202e\"\\\udb40\udc01\ud83d"))
        .isEqualTo("\\u001b\\u009b\\u202e\\\"\\\\\\udb40\\udc01\\ufffd");
    assertThat(Escaping.YAML.escape("\u001b\u009b\u202e\"\\\udb40\udc01\ud83d"))
        .isEqualTo("\\u001b\\u009b\\u202e\\\"\\\\\\U000e0001\\ufffd");
  }

  @ParameterizedTest
  @EnumSource
  void doesNotChangeReadableText(Escaping form) {
    String text = "größe 名前 🐳 e\u0301 %n %s $(x)";

    assertThat(form.escape(text)).isEqualTo(text);
  }
}
