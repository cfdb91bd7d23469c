package dev.jig.bench;

/// One figure of the table.
///
/// @param figure what was measured, and under which load
/// @param measured the value with its unit, or the error
/// @param aim the target, empty if there is none
public record Measurement(String figure, String measured, String aim) {

  /// A figure that could not be measured, with the reason.
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
