package dev.jig.bench;

import java.io.IOException;
import java.util.List;

/// Figures that are measured together.
public interface FigureGroup {
  /// Title for the progress line, and for the row that reports a failed measurement.
  String title();

  /// Measures; leaves no process and no file behind.
  List<Measurement> measure() throws IOException, InterruptedException;
}
