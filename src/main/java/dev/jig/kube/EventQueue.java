package dev.jig.kube;

import com.google.protobuf.ByteString;
import dev.jig.event.Row;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// Merges the events of all nodes: each node's stream puts, one thread shows. A full queue blocks
/// the stream that puts, and by gRPC's flow control its agent.
final class EventQueue {
  private static final int MAX_ITEMS = 8_192;
  private static final int MAX_BATCH = 512;
  private static final long POLL_MS = 100;

  /// What streams put.
  private sealed interface Item {
    record Event(Row row) implements Item {}

    /// A number of lost events in their place.
    record Lost(long count) implements Item {}

    record Report(NodeStreamClient from, ByteString content) implements Item {}

    record Status(NodeStreamClient from, ByteString content) implements Item {}
  }

  private final BlockingQueue<Item> items = new ArrayBlockingQueue<>(MAX_ITEMS);
  private long events;
  private long lost;

  void put(Row event) throws InterruptedException {
    items.put(new Item.Event(event));
  }

  void putLost(long count) throws InterruptedException {
    items.put(new Item.Lost(count));
  }

  void putReport(NodeStreamClient from, ByteString content) throws InterruptedException {
    items.put(new Item.Report(from, content));
  }

  void putStatus(NodeStreamClient from, ByteString content) throws InterruptedException {
    items.put(new Item.Status(from, content));
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
    switch (item) {
      case Item.Event(Row row) -> {
        events++;
        viewer.onEvent(row);
      }
      case Item.Lost(long count) -> {
        lost += count;
        viewer.onLost(count);
      }
      case Item.Report(NodeStreamClient from, ByteString content) -> {
        try {
          viewer.onReport(from.node(), content);
        } catch (IOException e) {
          from.onDamaged(e);
        }
      }
      case Item.Status(NodeStreamClient from, ByteString content) -> {
        try {
          viewer.onStatus(from.node(), content);
        } catch (IOException e) {
          from.onDamaged(e);
        }
      }
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
