package dev.jig.fields;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// Finds the known names that are similar to a misspelled one.
public final class NearNames {
  private static final int MAX_NAMES = 3;

  private record Candidate(String name, int distance) {}

  private NearNames() {}

  /// A sentence that names what is similar to a misspelled word.
  ///
  /// @param otherwise the sentence if nothing is
  public static String hint(String wanted, Collection<String> known, String otherwise) {
    List<String> near = of(wanted, known);
    return near.isEmpty() ? otherwise : "Did you mean " + String.join(" or ", near) + "?";
  }

  /// Returns at most three known names, the most similar first.
  public static List<String> of(String wanted, Collection<String> known) {
    String word = wanted.toLowerCase(Locale.ROOT);
    List<Candidate> near = new ArrayList<>();
    for (String name : known) {
      int distance = distance(word, name.toLowerCase(Locale.ROOT));
      if (distance <= Math.max(1, word.length() / 3)) {
        near.add(new Candidate(name, distance));
      }
    }
    near.sort(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name));
    return near.stream().limit(MAX_NAMES).map(Candidate::name).toList();
  }

  /// The smaller of two distances: to the whole name, and to its part after the dot
  /// (`containerName` for `runtime.containerName`).
  private static int distance(String word, String name) {
    int dot = name.indexOf('.');
    int whole = edits(word, name);
    return dot < 0 ? whole : Math.min(whole, edits(word, name.substring(dot + 1)));
  }

  /// Damerau-Levenshtein distance (optimal string alignment).
  private static int edits(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        cost[i][j] = i == 0 || j == 0 ? i + j : minCost(a, b, cost, i, j);
      }
    }
    return cost[a.length()][b.length()];
  }

  private static int minCost(String a, String b, int[][] cost, int i, int j) {
    boolean same = a.charAt(i - 1) == b.charAt(j - 1);
    int least = Math.min(cost[i - 1][j], cost[i][j - 1]) + 1;
    least = Math.min(least, cost[i - 1][j - 1] + (same ? 0 : 1));
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
  }
}
