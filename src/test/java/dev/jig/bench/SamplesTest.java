package dev.jig.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SamplesTest {
  @Test
  void showsMedianAndRange() {
    assertThat(samples(7.2, 6.5, 6.93).text("%.2f", " µs")).isEqualTo("6.93 µs (6.50–7.20)");
    assertThat(samples(1, 2).ratio()).isEqualTo("1.50 (1.00–2.00)");
    assertThat(samples().ratio()).isEqualTo("not measured");
  }

  @Test
  void countsRunsWithLoss() {
    Samples lost = samples(0, 12, 0);

    assertThat(Loss.rounds(lost, "runs")).isEqualTo("1 of 3 runs, median 0 (0–12)");
    assertThat(lost.list("%,.0f")).isEqualTo("0, 12, 0");
  }

  private static Samples samples(double... values) {
    Samples samples = new Samples();
    for (double value : values) {
      samples.add(value);
    }
    return samples;
  }
}
