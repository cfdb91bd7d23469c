package dev.jig.capture;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TcpFramingTest {
  @ParameterizedTest
  @CsvSource({
    "'', '', 0",
    "'\0\3abc', abc, 0",
    "'\0\3abc\0\1d\0\2ef', 'abc,d,ef', 0",
    "'\0\0\0\1a', ',a', 0",
    "'\0', '', 1",
    "'\0\3', '', 2",
    "'\0\3ab', '', 4",
    "'\0\1a\0\3bc', a, 4",
    "'\0\1a\0', a, 1",
    "'\1\0a', '', 3",
    "'\u00ff\u00ffa', '', 3"
  })
  void findsTheWholeMessagesAndReportsWhatRemains(
      String segment, String messages, int expectedRest) {
    byte[] bytes = ("##" + segment + "##").getBytes(ISO_8859_1);
    List<String> found = new ArrayList<>();

    int rest =
        TcpFraming.messages(
            bytes,
            2,
            segment.length(),
            (b, off, len) -> found.add(new String(b, off, len, ISO_8859_1)));

    assertThat(String.join(",", found)).isEqualTo(messages);
    assertThat(rest).isEqualTo(expectedRest);
  }

  @Property(tries = 200)
  void everyByteIsPrefixMessageOrRest(@ForAll byte[] segment) {
    int[] inMessages = {0};

    int rest =
        TcpFraming.messages(segment, 0, segment.length, (b, off, len) -> inMessages[0] += 2 + len);

    assertThat(inMessages[0] + rest).isEqualTo(segment.length);
  }
}
