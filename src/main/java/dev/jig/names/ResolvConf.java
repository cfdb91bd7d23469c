package dev.jig.names;

import dev.jig.event.SearchSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The search list of a file as resolv.conf(5) describes it.
public final class ResolvConf {
  /// Suffixes beyond this are ignored; Kubernetes allows 32.
  private static final int MAX_SUFFIXES = 32;

  /// res_init(3): a greater value is taken as this.
  private static final int MAX_NDOTS = 15;

  private static final int DEFAULT_NDOTS = 1;

  private ResolvConf() {}

  /// Parses a file's lines. Of several `search` and `domain` lines the last one counts. Without any
  /// the list is empty, although glibc then takes the domain of the host's name.
  public static SearchList parse(List<String> lines, SearchSource source) {
    List<String> suffixes = List.of();
    int ndots = DEFAULT_NDOTS;
    for (String line : lines) {
      String[] words = line.strip().split("[ \t]+", -1);
      switch (words[0]) {
        case "search" -> suffixes = suffixes(words, MAX_SUFFIXES);
        case "domain" -> suffixes = suffixes(words, 1);
        case "options" -> ndots = ndots(words, ndots);
        default -> {
          // nameserver, sortlist, a comment
        }
      }
    }
    return new SearchList(suffixes, ndots, source);
  }

  /// The list of a container runtime's own fields.
  ///
  /// @param options such as `ndots:5`
  public static SearchList of(List<String> searches, List<String> options, SearchSource source) {
    List<String> suffixes = new ArrayList<>();
    searches.stream().limit(MAX_SUFFIXES).forEach(search -> addSuffix(suffixes, search));
    int ndots = DEFAULT_NDOTS;
    for (String option : options) {
      ndots = ndots(new String[] {"options", option}, ndots);
    }
    return new SearchList(suffixes, ndots, source);
  }

  private static List<String> suffixes(String[] words, int max) {
    List<String> suffixes = new ArrayList<>();
    for (int i = 1; i < words.length && suffixes.size() < max; i++) {
      addSuffix(suffixes, words[i]);
    }
    return suffixes;
  }

  /// The root adds nothing: with it the name is asked as it is.
  private static void addSuffix(List<String> suffixes, String word) {
    String suffix = word.endsWith(".") ? word : word + ".";
    if (suffix.length() > 1 && !suffixes.contains(suffix)) {
      suffixes.add(suffix);
    }
  }

  private static int ndots(String[] words, int before) {
    int ndots = before;
    for (int i = 1; i < words.length; i++) {
      String word = words[i].toLowerCase(Locale.ROOT);
      if (word.matches("ndots:\\d{1,9}")) {
        ndots = Math.min(MAX_NDOTS, Integer.parseInt(word, "ndots:".length(), word.length(), 10));
      }
    }
    return ndots;
  }
}
