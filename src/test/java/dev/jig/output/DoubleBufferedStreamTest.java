package dev.jig.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(20)
final class DoubleBufferedStreamTest {
  @Test
  void keepsEveryByteInOrder() throws IOException {
    ByteArrayOutputStream below = new ByteArrayOutputStream();
    byte[] all = new byte[3_000_000];
    Random random = new Random(1);
    random.nextBytes(all);

    try (DoubleBufferedStream stream = new DoubleBufferedStream(below)) {
      for (int at = 0; at < all.length; ) {
        int length = Math.min(random.nextInt(40_000), all.length - at);
        stream.write(all, at, length);
        at += length;
        if (random.nextBoolean()) {
          stream.flush();
        }
      }
    }

    assertThat(below.toByteArray()).isEqualTo(all);
  }

  @Test
  void takesOneBufferWhileTheOtherIsStuck() throws Exception {
    Gate gate = new Gate();
    DoubleBufferedStream stream = new DoubleBufferedStream(gate);
    stream.write(new byte[] {1}, 0, 1);
    stream.flush();
    gate.entered.await();

    stream.write(new byte[200_000], 0, 200_000); // would wait if the writing thread had both
    stream.flush();
    assertThat(gate.written.size()).isZero();

    gate.open.countDown();
    stream.drain();
    assertThat(gate.written.size()).isEqualTo(200_001);
  }

  @Test
  void waitsWhenBothBuffersAreFull() throws Exception {
    Gate gate = new Gate();
    DoubleBufferedStream stream = new DoubleBufferedStream(gate);
    Thread caller =
        Thread.ofPlatform()
            .start(() -> {
              try {
                stream.write(new byte[600_000], 0, 600_000);
                stream.drain();
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    gate.entered.await();

    assertThat(caller.join(java.time.Duration.ofMillis(100))).isFalse();

    gate.open.countDown();
    caller.join();
    assertThat(gate.written.size()).isEqualTo(600_000);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void reportsAFailureWithTheNextCall(Throwable broken) {
    DoubleBufferedStream stream = new DoubleBufferedStream(new Broken(broken));

    assertThatThrownBy(
            () -> {
              stream.write(7);
              stream.drain();
            })
        .isSameAs(broken);
    assertThatThrownBy(() -> stream.write(7)).isSameAs(broken);
    assertThatThrownBy(stream::flush).isSameAs(broken);
    assertThatThrownBy(stream::close).isSameAs(broken);
  }

  static Stream<Throwable> failures() {
    return Stream.of(
        new IOException("Broken pipe"),
        new IllegalStateException("closed"),
        new OutOfMemoryError("no buffer"));
  }

  @Test
  void doesNotWaitForeverAfterAFailure() {
    DoubleBufferedStream stream =
        new DoubleBufferedStream(new Broken(new IllegalStateException("closed")));

    assertThatThrownBy(() -> stream.write(new byte[2_000_000], 0, 2_000_000)).hasMessage("closed");
  }

  /// Fails with every write.
  private static final class Broken extends OutputStream {
    private final Throwable failure;

    Broken(Throwable failure) {
      this.failure = failure;
    }

    @Override
    public void write(int value) throws IOException {
      switch (failure) {
        case IOException e -> throw e;
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> throw new AssertionError(failure);
      }
    }
  }

  /// Takes no byte before it is opened.
  private static final class Gate extends OutputStream {
    final CountDownLatch entered = new CountDownLatch(1);
    final CountDownLatch open = new CountDownLatch(1);
    final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @Override
    public void write(int value) {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      entered.countDown();
      try {
        assertThat(open.await(10, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      written.write(bytes, offset, length);
    }
  }
}
