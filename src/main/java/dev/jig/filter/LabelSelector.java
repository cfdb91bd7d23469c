package dev.jig.filter;

import dev.jig.event.UserFacingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A Kubernetes label selector in kubectl's syntax: requirements separated by commas, all of which
/// must be met. `k=v` and `k==v`, `k!=v`, `k in (v,w)`, `k notin (v,w)`, `k` (label exists), `!k`
/// (label does not exist). As in Kubernetes, `!=` and `notin` are met where the label does not
/// exist.
///
/// @param requirements empty: everything is selected
public record LabelSelector(List<Requirement> requirements) {
  public static final LabelSelector EVERYTHING = new LabelSelector(List.of());

  private static final String HINT =
      "Write k=v, k!=v, k in (v,w), k notin (v,w), k or !k, separated by commas.";

  /// A label key: an optional DNS name as prefix, then at most 63 characters.
  private static final Pattern KEY =
      Pattern.compile(
          "(?:[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");

  private static final Pattern VALUE =
      Pattern.compile("(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?");

  private static final Pattern SET = Pattern.compile("(\\S+)\\s+(in|notin)\\s*\\((.*)\\)");
  private static final Pattern EQUALITY = Pattern.compile("([^=!]*?)\\s*(==|!=|=)\\s*(.*)");

  /// A requirement on one label.
  public sealed interface Requirement {

    /// Whether the labels meet the requirement.
    boolean isMetBy(Map<String, String> labels);

    /// The label exists and has one of these values.
    record In(String key, Set<String> values) implements Requirement {
      public In {
        values = Set.copyOf(values);
      }

      @Override
      public boolean isMetBy(Map<String, String> labels) {
        String value = labels.get(key);
        return value != null && values.contains(value);
      }
    }

    /// The label exists.
    record Present(String key) implements Requirement {
      @Override
      public boolean isMetBy(Map<String, String> labels) {
        return labels.containsKey(key);
      }
    }

    /// The negated requirement.
    record Not(Requirement requirement) implements Requirement {
      @Override
      public boolean isMetBy(Map<String, String> labels) {
        return !requirement.isMetBy(labels);
      }
    }
  }

  public LabelSelector {
    requirements = List.copyOf(requirements);
  }

  /// Parses a selector; a blank one selects everything.
  ///
  /// @throws UserFacingException for a syntax error
  public static LabelSelector parse(String text) {
    if (text.isBlank()) {
      return EVERYTHING;
    }
    List<Requirement> requirements = new ArrayList<>();
    for (String part : splitRequirements(text)) {
      requirements.add(requirement(part.strip(), text));
    }
    return new LabelSelector(requirements);
  }

  /// Whether the labels meet all requirements.
  public boolean matches(Map<String, String> labels) {
    for (Requirement requirement : requirements) {
      if (!requirement.isMetBy(labels)) {
        return false;
      }
    }
    return true;
  }

  public boolean isEverything() {
    return requirements.isEmpty();
  }

  /// Splits at commas outside parentheses.
  private static List<String> splitRequirements(String text) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int from = 0;
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (depth < 0 || depth > 1) {
        throw invalid(text, "has unbalanced parentheses");
      }
      if (c == ',' && depth == 0) {
        parts.add(text.substring(from, at));
        from = at + 1;
      }
    }
    if (depth != 0) {
      throw invalid(text, "has unbalanced parentheses");
    }
    parts.add(text.substring(from));
    return parts;
  }

  private static Requirement requirement(String part, String text) {
    if (part.isEmpty()) {
      throw invalid(text, "has an empty requirement");
    }
    Matcher set = SET.matcher(part);
    if (set.matches()) {
      var in = new Requirement.In(key(set.group(1), text), values(set.group(3), text));
      return set.group(2).equals("in") ? in : new Requirement.Not(in);
    }
    if (part.startsWith("!")) {
      return new Requirement.Not(new Requirement.Present(key(part.substring(1).strip(), text)));
    }
    Matcher equality = EQUALITY.matcher(part);
    if (equality.matches()) {
      Set<String> value = Set.of(value(equality.group(3), text));
      var in = new Requirement.In(key(equality.group(1), text), value);
      return equality.group(2).equals("!=") ? new Requirement.Not(in) : in;
    }
    return new Requirement.Present(key(part, text));
  }

  private static Set<String> values(String list, String text) {
    Set<String> values = new TreeSet<>();
    for (String value : list.split(",", -1)) {
      values.add(value(value.strip(), text));
    }
    return values;
  }

  private static String key(String key, String text) {
    if (!KEY.matcher(key).matches()) {
      throw invalid(text, "has \"" + key + "\" in place of a label key");
    }
    return key;
  }

  private static String value(String value, String text) {
    if (!VALUE.matcher(value).matches()) {
      throw invalid(text, "has \"" + value + "\" in place of a label value");
    }
    return value;
  }

  private static UserFacingException invalid(String text, String defect) {
    return UserFacingException.usage("The selector \"" + text + "\" " + defect + ".", HINT);
  }
}
