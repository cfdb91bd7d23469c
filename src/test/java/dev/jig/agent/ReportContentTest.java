package dev.jig.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.jig.event.Row;
import dev.jig.wire.proto.FromAgent;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ReportContentTest {
  private static final int REPORTS = 20;

  private final ReportContent content = new ReportContent(new Gadget());

  /// Has 20 reports at its end.
  private static final class Gadget implements NodeGadget {
    @Override
    public void accept(Row row) {}

    @Override
    public ByteString status() {
      return ByteString.EMPTY;
    }

    @Override
    public Iterator<ByteString> reports(boolean last) {
      return IntStream.range(0, last ? REPORTS : 0)
          .mapToObj(i -> ByteString.copyFromUtf8("report " + i))
          .iterator();
    }

    @Override
    public Map<String, Object> counters() {
      return Map.of();
    }
  }

  private StreamContent.Part take() throws InterruptedException {
    return Objects.requireNonNull(content.take(true, 1, () -> true));
  }

  /// Takes what there is without further acknowledgement.
  private List<Long> takeAll() throws InterruptedException {
    List<Long> sequences = new ArrayList<>();
    for (FromAgent message = message(); message != null; message = message()) {
      sequences.add(message.getReport().getSequence());
    }
    return sequences;
  }

  private @Nullable FromAgent message() throws InterruptedException {
    return take().message();
  }

  @Test
  void keepsEightUntilTheClientAcknowledgesThem() throws InterruptedException {
    assertThat(takeAll()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
    assertThat(take().isOver()).isFalse();

    content.acknowledge(3);

    assertThat(takeAll()).containsExactly(9L, 10L, 11L);
  }

  @Test
  void sendsAgainWhatTheClientHasNotProcessed() throws InterruptedException {
    assertThat(takeAll()).hasSize(8);

    content.rewind(5);

    assertThat(takeAll()).containsExactly(6L, 7L, 8L, 9L, 10L, 11L, 12L, 13L);
  }

  @Test
  void isOverOnceAllWereSent() throws InterruptedException {
    List<Long> all = new ArrayList<>();
    StreamContent.Part part = take();
    for (; !part.isOver(); part = take()) {
      if (part.message() != null) {
        all.add(part.message().getReport().getSequence());
      }
      content.acknowledge(all.size());
    }

    assertThat(all).hasSize(REPORTS).isSorted();
  }

  @Test
  void withoutAttachedCallNothingIsTaken() throws InterruptedException {
    assertThat(content.take(true, 1, () -> false)).isNull();
    assertThat(takeAll().getFirst()).isEqualTo(1);
  }

  @Test
  void beforeTheEndTheGadgetIsAskedOnceASecond() throws InterruptedException {
    StreamContent.Part part = Objects.requireNonNull(content.take(false, 1, () -> true));

    assertThat(part.message()).isNull();
    assertThat(part.isOver()).isFalse();
  }
}
