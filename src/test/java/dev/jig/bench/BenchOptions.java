package dev.jig.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The arguments of bin/bench.
///
/// @param baseline checkout or tarball of the build to compare with
/// @param groups titles of groups, or parts of titles; all groups if empty
record BenchOptions(Effort effort, Optional<Path> baseline, List<String> groups) {
  private static final String BASELINE = "--baseline";

  static BenchOptions parse(String[] args) {
    List<String> words = new ArrayList<>(List.of(args));
    Effort effort = words.remove("--quick") ? Effort.QUICK : Effort.FULL;
    Optional<Path> baseline = Optional.empty();
    int at = words.indexOf(BASELINE);
    if (at >= 0) {
      words.remove(at);
      if (at == words.size()) {
        throw new IllegalArgumentException(BASELINE + " needs a checkout or a tarball");
      }
      baseline = Optional.of(Path.of(words.remove(at)));
    }
    for (String word : words) {
      if (word.startsWith("-")) {
        throw new IllegalArgumentException("unknown option " + word);
      }
    }
    return new BenchOptions(effort, baseline, List.copyOf(words));
  }

  /// Chooses groups: by their exact title, else all that have one of the texts in it.
  List<FigureGroup> select(List<FigureGroup> all) {
    if (groups.isEmpty()) {
      return all;
    }
    List<FigureGroup> chosen =
        all.stream()
            .filter(group -> groups.stream().anyMatch(it -> isChosen(all, group, it)))
            .toList();
    if (chosen.isEmpty()) {
      List<String> titles = all.stream().map(FigureGroup::title).toList();
      throw new IllegalArgumentException(
          "no group has any of " + groups + " in its title; they are " + titles);
    }
    return chosen;
  }

  private static boolean isChosen(List<FigureGroup> all, FigureGroup group, String word) {
    boolean isTitle = all.stream().anyMatch(other -> other.title().equals(word));
    return isTitle ? group.title().equals(word) : group.title().contains(word);
  }
}
