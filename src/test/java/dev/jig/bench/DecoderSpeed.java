package dev.jig.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.openjdk.jmh.runner.RunnerException;

/// Time and allocated bytes per message of the decoder and of dnsjava, by JMH: for the fields that
/// the pipeline reads of every message, and for all sections as JSON shows them.
final class DecoderSpeed implements FigureGroup {
  @Override
  public String title() {
    return "decoder";
  }

  @Override
  public List<Measurement> measure() throws IOException {
    List<Measurement> figures = new ArrayList<>();
    add(figures, DnsDecodeBenchmark.class, "decoder, ", "≤ 100 ns, 0 B");
    add(figures, FullDecodeBenchmark.class, "all sections as text, ", "");
    return figures;
  }

  private static void add(
      List<Measurement> figures, Class<?> benchmark, String what, String aimOfOurs)
      throws IOException {
    try {
      for (DnsDecodeBenchmark.Score score : DnsDecodeBenchmark.run(benchmark)) {
        String measured =
            String.format(Locale.ROOT, "%.0f ns and %.0f B per message", score.ns(), score.bytes());
        String aim = score.label().equals("jig") ? aimOfOurs : "";
        figures.add(new Measurement(what + name(score.label()), measured, aim));
      }
    } catch (RunnerException e) {
      throw new IOException(e);
    }
  }

  private static String name(String label) {
    return switch (label) {
      case "jig" -> "ours";
      case "jigWithName" -> "ours with the name as text";
      default -> label;
    };
  }
}
