package dev.jig.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RingWindowTest {
  private static final int PAGE = 4096;
  private static final int LENGTH = 4 * PAGE;
  private static final int SIZE = 10 * PAGE;

  private final List<String> calls = new ArrayList<>();
  private final RingWindow window =
      new RingWindow(
          new RingWindow.Mapper() {
            @Override
            public MemorySegment map(long from, long length) {
              calls.add("map " + from + " " + length);
              return Arena.ofAuto().allocate(length);
            }

            @Override
            public void unmap(MemorySegment mapped) {
              calls.add("unmap " + mapped.byteSize());
            }
          },
          PAGE,
          SIZE,
          LENGTH,
          PAGE);

  @Test
  void mapsFromThePageOfTheRecordOn() {
    window.at(PAGE + 100);

    assertThat(calls).containsExactly("map 4096 " + (LENGTH + PAGE));
    assertThat(window.offset(PAGE + 100)).isEqualTo(100);
  }

  @Test
  void keepsTheWindowForEveryRecordThatLiesInIt() {
    MemorySegment first = window.at(0);

    assertThat(window.at(LENGTH - 8)).as("its end lies behind the window's length").isSameAs(first);
    assertThat(window.at(8)).isSameAs(first);
    assertThat(calls).hasSize(1);
  }

  @Test
  void mapsTheNextWindowAndUnmapsThePresentOne() {
    window.at(0);
    window.at(LENGTH);
    window.at(0); // the ring begins again

    int bytes = LENGTH + PAGE;
    assertThat(calls)
        .containsExactly(
            "map 0 " + bytes,
            "unmap " + bytes,
            "map " + LENGTH + " " + bytes,
            "unmap " + bytes,
            "map 0 " + bytes);
  }

  @Test
  void theLastWindowEndsWithTheData() {
    window.at(SIZE - 8);

    assertThat(calls).containsExactly("map " + (SIZE - LENGTH) + " " + (LENGTH + PAGE));
    assertThat(window.offset(SIZE - 8)).isEqualTo(LENGTH - 8);
  }

  @Test
  void unmapsOnce() {
    window.close();
    window.at(0);
    window.close();
    window.close();

    assertThat(calls).hasSize(2).last().asString().startsWith("unmap");
  }
}
