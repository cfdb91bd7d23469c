package dev.jig.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.runner.RunnerException;

/// Time and garbage per message of the decoder beside dnsjava, by JMH.
final class DecoderSpeed implements FigureGroup {
  @Override
  public String title() {
    return "decoder";
  }

  @Override
  public List<Measurement> measure() throws IOException {
    List<Measurement> figures = new ArrayList<>();
    try {
      for (DnsDecodeBenchmark.Score score : DnsDecodeBenchmark.run()) {
        figures.add(
            new Measurement(
                "decoder, " + name(score.label()),
                String.format(
                    Locale.ROOT, "%.0f ns and %.0f B per message", score.ns(), score.bytes()),
                score.label().equals("jig") ? "≤ 100 ns, 0 B" : ""));
      }
    } catch (RunnerException e) {
      throw new IOException(e);
    }
    return figures;
  }

  private static String name(String label) {
    return switch (label) {
      case "jig" -> "ours (all that the pipeline asks of every message)";
      case "jigWithName" -> "ours with the name as text";
      default -> label;
    };
  }
}
