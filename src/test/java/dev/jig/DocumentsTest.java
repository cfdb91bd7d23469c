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

/// Every file, class and page that the documents name exists.
final class DocumentsTest {
  private static final List<String> DOCUMENTS = List.of("README.md", "CONTRIBUTING.md", "docs");

  /// Where a path in backticks may begin.
  private static final List<String> BASES =
      List.of("", "src/main/java/dev/jig", "src/test/java/dev/jig", "src/main", "docs");

  /// A path in backticks: segments with a slash between them, at least one of them a name that a
  /// checkout may have. What is absolute, made by a build or below another project's root is not.
  private static final Pattern PATH =
      Pattern.compile("`((?!target/)[A-Za-z][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_.-]+)+)`");

  private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:|#)([^)#\\s]+)");

  /// Class names in backticks that end in these are the project's own.
  private static final Pattern TEST_CLASS = Pattern.compile("`([A-Z]\\w*[a-z]\\w*(?:Test|IT))`");

  /// Words of other projects and of the kernel that look like paths.
  private static final Pattern FOREIGN =
      Pattern.compile(
          "(?:iter|tp_btf|cgroup|pods|registry\\.[a-z.]+|pod-security\\.[a-z.]+|jig\\.dev"
              + "|app\\.kubernetes\\.io|p|s|ns|proc)/.*");

  @Test
  void everyNamedFileExists() throws IOException {
    List<String> missing = new ArrayList<>();
    for (Path document : documents()) {
      missing.addAll(missing(document, Files.readString(document)));
    }

    assertThat(missing).isEmpty();
  }

  @Test
  void findsAFileThatIsMissing() throws IOException {
    String text =
        """
        `trace/Pipelines.java` and `trace/NoSuchClass`, [a page](decisions/0099-none.md),
        `NoSuchIT`; but not `cgroup/sock_release`, `/etc/passwd`, [x](https://example.org/y).
        """;

    assertThat(missing(Path.of("docs/ARCHITECTURE.md"), text))
        .containsExactlyInAnyOrder(
            "docs/ARCHITECTURE.md names trace/Pipelines.java",
            "docs/ARCHITECTURE.md names trace/NoSuchClass",
            "docs/ARCHITECTURE.md names decisions/0099-none.md",
            "docs/ARCHITECTURE.md names NoSuchIT");
  }

  private static List<Path> documents() throws IOException {
    List<Path> documents = new ArrayList<>();
    for (String root : DOCUMENTS) {
      try (Stream<Path> paths = Files.walk(Path.of(root))) {
        paths.filter(path -> path.toString().endsWith(".md")).forEach(documents::add);
      }
    }
    return documents;
  }

  private static List<String> missing(Path document, String text) throws IOException {
    List<String> missing = new ArrayList<>();
    for (String path : groups(PATH, text)) {
      if (!FOREIGN.matcher(path).matches() && !isPresent(path)) {
        missing.add(document + " names " + path);
      }
    }
    for (String link : groups(LINK, text)) {
      if (!Files.exists(document.resolveSibling(link))) {
        missing.add(document + " names " + link);
      }
    }
    for (String name : groups(TEST_CLASS, text)) {
      if (!isTestClass(name)) {
        missing.add(document + " names " + name);
      }
    }
    return missing;
  }

  private static List<String> groups(Pattern pattern, String text) {
    return pattern.matcher(text).results().map((MatchResult found) -> found.group(1)).toList();
  }

  private static boolean isPresent(String path) {
    return BASES.stream()
        .map(base -> Path.of(base, path))
        .anyMatch(file -> Files.exists(file) || Files.exists(Path.of(file + ".java")));
  }

  private static boolean isTestClass(String name) throws IOException {
    try (Stream<Path> paths = Files.walk(Path.of("src/test/java"))) {
      return paths.anyMatch(path -> path.endsWith(name + ".java"));
    }
  }
}
