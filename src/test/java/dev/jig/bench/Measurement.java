package dev.jig.bench;

/// One figure of the table.
///
/// @param figure what was measured, and under which load
/// @param measured the value with its unit, or why there is none
/// @param aim what the project wants, empty where it only wants to know
public record Measurement(String figure, String measured, String aim) {

  /// A figure that could not be had; it never goes missing silently.
  static Measurement failed(String figure, String aim, Throwable why) {
    String reason = String.valueOf(why.getMessage()).lines().findFirst().orElse("");
    return new Measurement(figure, "not measured: " + reason, aim);
  }

  /// A row of a Markdown table.
  String row() {
    return "| " + cell(figure) + " | " + cell(measured) + " | " + cell(aim) + " |";
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace('\n', ' ');
  }
}
