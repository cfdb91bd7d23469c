package dev.jig.kube;

import dev.jig.event.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// kubectl's label selector: `k=v`, `k==v`, `k!=v`, `k in (a,b)`, `k notin (a,b)`, `k`, `!k`,
/// separated by commas; all must hold.
public final class LabelSelector {
  private static final String KEY = "([A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?)";
  private static final String VALUE = "([A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?|)";
  private static final Pattern EQUAL = Pattern.compile(KEY + "\\s*(=|==|!=)\\s*" + VALUE);
  private static final Pattern SET = Pattern.compile(KEY + "\\s+(in|notin)\\s*\\(([^()]*)\\)");
  private static final Pattern EXISTS = Pattern.compile("(!?)\\s*" + KEY);
  private static final Pattern ONE_VALUE = Pattern.compile(VALUE);
  private static final String HINT =
      "Write key=value, key!=value, key in (a,b), key notin (a,b), key or !key,"
          + " separated by commas.";

  /// One condition; `values` null: the key's presence alone counts.
  private record Requirement(String key, boolean wanted, @Nullable Set<String> values) {
    /// As in Kubernetes, `!=` and `notin` hold where the key is absent.
    boolean holds(Map<String, String> labels) {
      String value = labels.get(key);
      boolean found = value != null && (values == null || values.contains(value));
      return found == wanted;
    }
  }

  private final List<Requirement> requirements = new ArrayList<>();

  private LabelSelector() {}

  /// Reads `-l`; of an empty text comes a selector that everything fulfils.
  ///
  /// @throws UsageException naming the part that is no requirement
  public static LabelSelector parse(String text) {
    LabelSelector selector = new LabelSelector();
    if (!text.isBlank()) {
      split(text).forEach(part -> selector.requirements.add(requirement(part.strip(), text)));
    }
    return selector;
  }

  /// Whether labels fulfil every requirement.
  public boolean matches(Map<String, String> labels) {
    return requirements.stream().allMatch(requirement -> requirement.holds(labels));
  }

  /// Whether every pod fulfils it.
  public boolean isEverything() {
    return requirements.isEmpty();
  }

  /// At commas outside parentheses.
  private static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int at = 0; at < text.length(); at++) {
      switch (text.charAt(at)) {
        case '(' -> depth++;
        case ')' -> depth--;
        case ',' -> {
          if (depth == 0) {
            parts.add(text.substring(start, at));
            start = at + 1;
          }
        }
        default -> {
          // part of a requirement
        }
      }
    }
    parts.add(text.substring(start));
    return parts;
  }

  private static Requirement requirement(String part, String text) {
    Matcher equal = EQUAL.matcher(part);
    if (equal.matches()) {
      boolean wanted = !equal.group(2).equals("!=");
      return new Requirement(equal.group(1), wanted, Set.of(equal.group(3)));
    }
    Matcher set = SET.matcher(part);
    if (set.matches()) {
      return new Requirement(
          set.group(1), set.group(2).equals("in"), values(set.group(3), part, text));
    }
    Matcher exists = EXISTS.matcher(part);
    if (exists.matches()) {
      return new Requirement(exists.group(2), exists.group(1).isEmpty(), null);
    }
    throw wrong(part, text);
  }

  private static Set<String> values(String list, String part, String text) {
    List<String> values = new ArrayList<>();
    for (String value : list.split(",", -1)) {
      if (!ONE_VALUE.matcher(value.strip()).matches()) {
        throw wrong(part, text);
      }
      values.add(value.strip());
    }
    return Set.copyOf(values);
  }

  private static UsageException wrong(String part, String text) {
    return new UsageException(
        "\"" + part + "\" in the selector \"" + text + "\" is no requirement.", HINT);
  }
}
