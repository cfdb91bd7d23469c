package dev.jig.bench;

/// One figure of the table.
///
/// @param figure what was measured, and under which load
/// @param jig the value with its unit, or the error
/// @param tcpdumpText the same of `tcpdump -n -l`, empty if it was not measured
/// @param tcpdumpFile the same of `tcpdump -w`
/// @param before the same of the build that `--baseline` names
/// @param aim the target, empty if there is none
public record Measurement(
    String figure, String jig, String tcpdumpText, String tcpdumpFile, String before, String aim) {

  /// A figure of Jig alone.
  public Measurement(String figure, String jig, String aim) {
    this(figure, jig, "", "", "", aim);
  }

  /// A figure beside the build before.
  static Measurement withBefore(String figure, String jig, String before, String aim) {
    return new Measurement(figure, jig, "", "", before, aim);
  }

  /// A figure beside both forms of tcpdump.
  static Measurement withTcpdump(
      String figure, String jig, String tcpdumpText, String tcpdumpFile, String aim) {
    return new Measurement(figure, jig, tcpdumpText, tcpdumpFile, "", aim);
  }

  /// A figure that could not be measured, with the reason.
  static Measurement failed(String figure, String aim, Throwable why) {
    String reason = String.valueOf(why.getMessage()).lines().findFirst().orElse("");
    return new Measurement(figure, "not measured: " + reason, aim);
  }

  /// The first two lines of a Markdown table.
  static String head() {
    return "| Figure | Jig | `tcpdump -n -l` | `tcpdump -w` | Commit before | Aim |\n"
        + "|---|---|---|---|---|---|";
  }

  /// A row of a Markdown table.
  String row() {
    String cells =
        String.join(
            " | ",
            cell(figure),
            cell(jig),
            cell(tcpdumpText),
            cell(tcpdumpFile),
            cell(before),
            cell(aim));
    return "| " + cells + " |";
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace('\n', ' ');
  }
}
