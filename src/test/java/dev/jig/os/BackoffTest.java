package dev.jig.os;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class BackoffTest {
  private final Backoff backoff = new Backoff(100, 500);

  @Test
  void doublesUpToTheLongestDelay() {
    assertThat(backoff.nextMs()).isEqualTo(100);
    assertThat(backoff.nextMs()).isEqualTo(200);
    assertThat(backoff.nextMs()).isEqualTo(400);
    assertThat(backoff.nextMs()).isEqualTo(500);
    assertThat(backoff.nextMs()).isEqualTo(500);
  }

  @Test
  void startsAtTheMinimumAfterAReset() {
    backoff.nextMs();
    backoff.nextMs();

    backoff.reset();

    assertThat(backoff.nextMs()).isEqualTo(100);
  }

  @Test
  void onlyAConnectionThatOutlivedTheLongestDelayCountsAsASuccess() {
    assertThat(backoff.nextMsAfter(0)).isEqualTo(100);
    assertThat(backoff.nextMsAfter(500)).isEqualTo(200);
    assertThat(backoff.nextMsAfter(501)).isEqualTo(100);
  }
}
