package dev.jig.cli;

import dev.jig.advise.FindingId;
import dev.jig.advise.Severity;
import dev.jig.event.UserFacingException;
import dev.jig.fields.Field;
import dev.jig.fields.Field.Group;
import dev.jig.filter.FilterExpression;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Flags of `advise dns`: which findings, and how they are printed.
final class AdviseOptions {
  static final List<String> FORMATS = List.of("text", "markdown", "json", "yaml");
  private static final int MAX_EVIDENCE = 100;
  private static final int EXIT_FINDINGS = 3;

  /// A filter by how a lookup ended would falsify every share.
  private static final Set<Field> OUTCOME =
      EnumSet.of(
          Field.QR,
          Field.RCODE,
          Field.STATE,
          Field.OUTCOME,
          Field.LATENCY,
          Field.CAUSE,
          Field.ANSWER_COUNT,
          Field.ADDRESSES,
          Field.TRIES,
          Field.ATTEMPTS,
          Field.TWIN,
          Field.PAIR_LATENCY);

  @Option(
      names = {"-o", "--output"},
      order = 47,
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "text, markdown, json or yaml (default: ${DEFAULT-VALUE}).")
  String output = "text";

  @Option(
      names = "--evidence",
      order = 50,
      paramLabel = "N",
      defaultValue = "3",
      description = "Example lookups per finding, up to 100 (default: ${DEFAULT-VALUE}).")
  String evidence = "3";

  @Option(
      names = "--only",
      order = 51,
      paramLabel = "IDS",
      description = "Only these kinds of findings, separated by commas.")
  @Nullable String only;

  @Option(
      names = "--skip",
      order = 52,
      paramLabel = "IDS",
      description = "Not these kinds of findings, separated by commas.")
  @Nullable String skip;

  @Option(
      names = "--fail-on",
      order = 53,
      paramLabel = "LEVEL",
      defaultValue = "none",
      description =
          "Exit code 3 if a finding is at least info, warning or error (default:"
              + " ${DEFAULT-VALUE}).")
  String failOn = "none";

  @Option(
      names = "--list",
      order = 54,
      description = "List the kinds of findings with what each means, and end.")
  boolean list;

  /// Prints what `--list` is for.
  static void printKinds() {
    for (FindingId id : FindingId.values()) {
      System.out.println(
          String.format(
              Locale.ROOT, "%-19s %-8s %s", id.text(), id.severity().text(), id.meaning()));
    }
  }

  /// The parsed values.
  ///
  /// @param failOn null: never
  record Parsed(String format, int evidence, Set<FindingId> wanted, @Nullable Severity failOn) {
    /// The exit code after a run that ended with `code`.
    ///
    /// @param worst finding; null: none
    int exitCode(int code, @Nullable Severity worst) {
      boolean fails = failOn != null && worst != null && worst.compareTo(failOn) >= 0;
      return code == 0 && fails ? EXIT_FINDINGS : code;
    }
  }

  /// Parses `-F`, which must not choose by how lookups ended: that would falsify every share.
  ///
  /// @throws UserFacingException if it does
  static FilterExpression parseFilter(List<String> rules) {
    return parseFilter(rules, "advise dns", "it is to judge");
  }

  /// As [#parseFilter(List)].
  ///
  /// @param command such as `advise dns`
  /// @param use what the command makes of outcomes, such as `it counts`
  static FilterExpression parseFilter(List<String> rules, String command, String use) {
    FilterExpression filter = FilterExpression.parse(rules);
    for (Field field : filter.fields()) {
      if (OUTCOME.contains(field) || field.group() == Group.HOP) {
        throw refused("the column " + field.column(), command, use);
      }
    }
    if (filter.isOfFailed()) {
      throw refused(FilterExpression.FAILED, command, use);
    }
    return filter;
  }

  private static UserFacingException refused(String what, String command, String use) {
    return UserFacingException.usage(
        "-F of " + Console.name() + " " + command + " cannot use " + what + ".",
        "Choose clients and questions; how lookups ended is what " + use + ".");
  }

  private static String commandName() {
    return Console.name() + " advise dns";
  }

  /// @throws UserFacingException for an invalid value
  Parsed parse() {
    if (!FORMATS.contains(output)) {
      throw Failures.unknownValue("an output format of " + commandName(), output, FORMATS);
    }
    Set<FindingId> wanted = only == null ? EnumSet.allOf(FindingId.class) : ids(only);
    if (skip != null) {
      wanted.removeAll(ids(skip));
    }
    return new Parsed(output, evidence(), wanted, severity());
  }

  private int evidence() {
    try {
      int count = Integer.parseInt(evidence);
      if (count >= 0 && count <= MAX_EVIDENCE) {
        return count;
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    throw UserFacingException.usage(
        "\"" + evidence + "\" is not a value of --evidence.", "Write a number from 0 to 100.");
  }

  private @Nullable Severity severity() {
    if (failOn.equals("none")) {
      return null;
    }
    return Arrays.stream(Severity.values())
        .filter(level -> level.text().equals(failOn))
        .findFirst()
        .orElseThrow(() ->
            Failures.unknownValue(
                "a value of --fail-on",
                failOn,
                Stream.concat(
                        Stream.of("none"), Arrays.stream(Severity.values()).map(Severity::text))
                    .toList()));
  }

  private static Set<FindingId> ids(String list) {
    Set<FindingId> ids = EnumSet.noneOf(FindingId.class);
    for (String part : list.split(",", -1)) {
      String name = part.strip();
      ids.add(
          FindingId.of(name)
              .orElseThrow(() ->
                  Failures.unknownValue(
                      "a kind of finding",
                      name,
                      Arrays.stream(FindingId.values()).map(FindingId::text).toList())));
    }
    return ids;
  }
}
