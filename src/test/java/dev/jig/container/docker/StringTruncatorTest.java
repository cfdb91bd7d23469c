package dev.jig.container.docker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StringTruncatorTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          {"a":"1234"}          | {"a":"1234"}
          {"a":"12345","b":1}   | {"a":"1234","b":1}
          ["12345678","12"]     | ["1234","12"]
          ["123\\u0041567"]     | ["123\\u0041"]
          ["1234\\u0041567"]    | ["1234"]
          ["123\\"5"]           | ["123\\""]
          ["1234\\"5","x"]      | ["1234","x"]
          ["1234\\\\","x"]      | ["1234","x"]
          ["123é5"]             | ["123é"]
          ["12345é","é"]        | ["1234","é"]
          [123456789]           | [123456789]
          """)
  void truncatesStringsAtFourBytesButNeverInsideACharacter(String json, String expected)
      throws IOException {
    // Given a text, When it is read in one piece and byte by byte, Then the result is the same
    assertThat(cut(json)).isEqualTo(expected);
    InputStream single = new StringTruncator(new ByteArrayInputStream(json.getBytes(UTF_8)), 4);
    StringBuilder bytes = new StringBuilder();
    for (int next = single.read(); next >= 0; next = single.read()) {
      bytes.append((char) next);
    }
    assertThat(bytes.toString().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1))
        .isEqualTo(expected.getBytes(UTF_8));
  }

  private static String cut(String json) throws IOException {
    InputStream in = new ByteArrayInputStream(json.getBytes(UTF_8));
    return new String(new StringTruncator(in, 4).readAllBytes(), UTF_8);
  }
}
