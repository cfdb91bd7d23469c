package dev.jig.bench;

import java.io.IOException;
import java.util.List;

/// Figures that are measured together.
public interface FigureGroup {
  /// A few words for the progress line and for a row that says why there is no figure.
  String title();

  /// Measures; leaves no process and no file behind.
  List<Measurement> measure() throws IOException, InterruptedException;
}
