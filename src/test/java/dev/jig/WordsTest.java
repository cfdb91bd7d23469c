package dev.jig;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Keeps names, comments, user-visible text and docs in the terms of the field (the glossary in
/// docs/ARCHITECTURE.md): no word of the stop list may stand in them.
final class WordsTest {
  private static final List<String> STOP_LIST =
      List.of(
          "whose",
          "told",
          "nobody",
          "somebody",
          "a word",
          "patience",
          "alike",
          "anew",
          "gives way",
          "give way",
          "thick and thin",
          "come out even",
          "for want of",
          "can't be had",
          "bystander",
          "bystanders");

  /// A word or phrase by itself, or as a part of a camel-case or snake-case name.
  private static final Pattern STOP_WORD = Pattern.compile(String.join("|", alternatives()));

  private static final List<String> ROOTS =
      List.of("src", "bin", "deploy", "docs", "README.md", "CONTRIBUTING.md", "CHANGELOG.md");

  /// Text files by their names' endings; scripts have none.
  private static final Pattern TEXT =
      Pattern.compile(".*\\.(java|c|h|proto|yaml|md|py|cmd|properties|xml)|[^.]+");

  /// Licences of other projects are kept as they are.
  private static final Pattern LICENSES = Pattern.compile("src/main/dist/licenses[^/]*/.*");

  /// Holds the words of the list.
  private static final Path SELF = Path.of("src/test/java/dev/jig/WordsTest.java");

  @Test
  void plainWordsEverywhere() throws IOException {
    List<String> found = new ArrayList<>();
    int files = 0;
    for (String root : ROOTS) {
      try (Stream<Path> paths = Files.walk(Path.of(root))) {
        for (Path path : paths.filter(WordsTest::isText).toList()) {
          found.addAll(stopWords(path.toString(), Files.readString(path)));
          files++;
        }
      }
    }

    assertThat(files).isGreaterThan(100);
    assertThat(found).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/// The container whose packet this is.",
        "log(\"nobody answers\");",
        "private boolean toldOnce;",
        "void tellAnew() {}",
        "int patienceMs = 10;",
        "static final int PATIENCE_MS = 10;",
        "# Somebody may listen there.",
        "/* the oldest gives\n * way */",
        "// begun anew with a word about the gap"
      })
  void findsAStopWord(String line) {
    assertThat(stopWords("sample", line)).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"// untold", "int stolduck;", "// a wordy comment", "renewal", "Talike"})
  void leavesOtherWordsAlone(String line) {
    assertThat(stopWords("sample", line)).isEmpty();
  }

  private static boolean isText(Path path) {
    return Files.isRegularFile(path)
        && TEXT.matcher(path.getFileName().toString()).matches()
        && !LICENSES.matcher(path.toString()).matches()
        && !path.equals(SELF);
  }

  /// One line for each stop word: file, line number, word.
  private static List<String> stopWords(String file, String text) {
    return STOP_WORD
        .matcher(text)
        .results()
        .map(found -> file + ":" + line(text, found) + ": " + found.group())
        .toList();
  }

  private static long line(String text, MatchResult found) {
    return 1 + text.substring(0, found.start()).chars().filter(c -> c == '\n').count();
  }

  private static List<String> alternatives() {
    List<String> alternatives = new ArrayList<>();
    for (String phrase : STOP_LIST) {
      // A comment's line break and its leading characters may stand between two words.
      String words = phrase.replace("'", "['’]").replace(" ", "\\s+(?:[/#*]+\\s+)?");
      alternatives.add("(?<![A-Za-z])(?i:" + words + ")(?![a-z])");
      if (!phrase.contains(" ")) {
        String capitalized = Character.toUpperCase(phrase.charAt(0)) + phrase.substring(1);
        alternatives.add("(?<=[a-z0-9])" + capitalized + "(?![a-z])");
      }
    }
    return alternatives;
  }
}
