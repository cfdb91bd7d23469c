package dev.jig.kube;

import dev.jig.event.Row;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Merges the events of all nodes: each node's stream puts, one thread shows. A full queue blocks
/// the stream that puts, and by gRPC's flow control its agent.
final class EventQueue {
  private static final int MAX_ITEMS = 8_192;
  private static final int MAX_BATCH = 512;
  private static final long POLL_MS = 100;

  /// An event, or a number of lost ones in its place.
  private record Item(@Nullable Row event, long lost) {}

  private final BlockingQueue<Item> items = new ArrayBlockingQueue<>(MAX_ITEMS);
  private long events;
  private long lost;

  void put(Row event) throws InterruptedException {
    items.put(new Item(event, 0));
  }

  void putLost(long count) throws InterruptedException {
    items.put(new Item(null, count));
  }

  boolean isEmpty() {
    return items.isEmpty();
  }

  /// Passes up to 512 items to the viewer; waits up to 100 ms for the first.
  void showBatch(ClusterTrace.Viewer viewer) throws InterruptedException {
    Item item = items.poll(POLL_MS, TimeUnit.MILLISECONDS);
    for (int shown = 1; item != null; shown++) {
      show(item, viewer);
      item = shown < MAX_BATCH ? items.poll() : null;
    }
    viewer.flush();
  }

  private void show(Item item, ClusterTrace.Viewer viewer) {
    if (item.event() != null) {
      events++;
      viewer.onEvent(item.event());
    } else {
      lost += item.lost();
      viewer.onLost(item.lost());
    }
  }

  /// Events shown so far. For the thread that shows.
  long events() {
    return events;
  }

  /// Events lost so far. For the thread that shows.
  long lost() {
    return lost;
  }
}
