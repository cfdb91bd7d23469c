package dev.jig.fields;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// The values of a field that has a closed set of them. Letter case does not matter in [#find].
///
/// @param words all values that have names, as they are printed: printable ASCII
/// @param prefix what precedes a number in the form for any value (`TYPE65280`); empty if there is
///   no such form
/// @param max the greatest number
/// @param nameOf the value of a number
public record Vocabulary(
    List<String> words, String prefix, int max, IntFunction<@Nullable String> nameOf) {
  private static final int MAX_LISTED = 12;

  /// These words and no other.
  static Vocabulary of(List<String> words) {
    return new Vocabulary(words, "", 0, _ -> null);
  }

  /// The names of constants.
  static Vocabulary ofNames(Enum<?>[] constants) {
    return of(Arrays.stream(constants).map(Enum::name).toList());
  }

  /// The names of constants in lower case.
  static Vocabulary ofLowerCase(Enum<?>[] constants) {
    return of(
        Arrays.stream(constants).map(value -> value.name().toLowerCase(Locale.ROOT)).toList());
  }

  /// Returns the value as it is printed; null if there is no such value.
  public @Nullable String find(String text) {
    for (String word : words) {
      if (word.equalsIgnoreCase(text)) {
        return word;
      }
    }
    boolean numbered = !prefix.isEmpty() && text.regionMatches(true, 0, prefix, 0, prefix.length());
    int number = numbered ? number(text.substring(prefix.length())) : -1;
    return number < 0 || number > max ? null : nameOf.apply(number);
  }

  /// At most six digits; -1 for anything else.
  private static int number(String text) {
    boolean digits = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return digits && text.length() <= 6 ? Integer.parseInt(text) : -1;
  }

  /// A sentence that helps to correct a text that is no value.
  public String hint(String text) {
    List<String> near = text.length() < 2 ? List.of() : NearNames.of(text, words);
    if (!near.isEmpty()) {
      return "Did you mean " + String.join(" or ", near) + "?";
    }
    boolean all = words.size() <= MAX_LISTED;
    String listed = String.join(", ", all ? words : words.subList(0, MAX_LISTED));
    String numbers = prefix.isEmpty() ? "" : ", or " + prefix + " and a number";
    return "The values are " + listed + (all ? "" : ", …") + numbers + ".";
  }
}
