package dev.jig.os;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.ChildJvm;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SignalsTest {
  /// Exits at the first signal, or a second later, or not at all, by its argument.
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws InterruptedException {
      CountDownLatch signalled = new CountDownLatch(1);
      Signals.onInterrupt(() -> {
        System.out.println("first");
        signalled.countDown();
      });
      System.out.println("ready");
      if (args[0].equals("ignore")) {
        new CountDownLatch(1).await();
      }
      signalled.await();
      if (args[0].equals("delay")) {
        Thread.sleep(1_000); // more signals may come
      }
      Runtime.getRuntime().halt(0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM", "HUP"})
  void firstSignalCallsTheHandler(String signal) throws Exception {
    try (ChildJvm child = ChildJvm.start(List.of(), List.of(), Child.class, "exit")) {
      assertThat(child.line()).isEqualTo("ready");

      child.signal(signal);

      assertThat(child.line()).isEqualTo("first");
      assertThat(child.exitCode()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM"})
  void secondSignalHaltsWithExitCode1(String second) throws Exception {
    try (ChildJvm child = ChildJvm.start(List.of(), List.of(), Child.class, "ignore")) {
      assertThat(child.line()).isEqualTo("ready");

      child.signal("INT");
      assertThat(child.line()).isEqualTo("first");
      Thread.sleep(Duration.ofNanos(2 * Signals.DEBOUNCE_NS));
      child.signal(second);

      assertThat(child.exitCode()).isEqualTo(1);
    }
  }

  @Test
  void signalsWithin100MsCountAsOne() throws Exception {
    try (ChildJvm child = ChildJvm.start(List.of(), List.of(), Child.class, "delay")) {
      assertThat(child.line()).isEqualTo("ready");

      child.signal("INT", "TERM");

      assertThat(child.line()).isEqualTo("first");
      assertThat(child.exitCode()).isZero();
    }
  }
}
