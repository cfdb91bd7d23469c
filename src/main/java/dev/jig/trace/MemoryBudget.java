package dev.jig.trace;

/// One bound of the heap that the pipelines of all subscriptions take together, besides the bounds
/// of each table. Beyond it the subscription with most entries, in bytes, evicts its oldest, until
/// all fit: a flooded client costs the others nothing, and one with larger tables of fixed size
/// keeps as many entries as the others. Ring thread only.
final class MemoryBudget {
  /// A third of the agent's heap (src/main/dist/agent.options).
  static final long MAX_BYTES = 64L << 20;

  /// One subscription's part.
  static final class Share {
    private final Pipeline pipeline;
    private final long tableBytes;
    private long bytes;

    /// @param tableBytes what its tables of fixed size take
    Share(Pipeline pipeline, long tableBytes) {
      this.pipeline = pipeline;
      this.tableBytes = tableBytes;
    }

    /// Heap bytes as of the last update.
    long bytes() {
      return bytes;
    }

    /// The part of [#bytes] that can be evicted.
    private long entryBytes() {
      return bytes - tableBytes;
    }
  }

  private final long maxBytes;
  private Share[] shares = {};
  private long used;

  MemoryBudget(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /// Sets the parts that are open, and evicts what no longer fits.
  void setShares(Share[] open) {
    shares = open;
    used = 0;
    for (Share each : open) {
      used += each.bytes;
    }
    for (Share each : open) {
      update(each);
    }
  }

  /// Heap bytes of all parts as of their last updates.
  long used() {
    return used;
  }

  /// Takes the present size of a part. Called after each packet that it handles, so that the bound
  /// is exceeded by no more than one packet.
  void update(Share changed) {
    measure(changed);
    while (used > maxBytes && evictFromLargest()) {
      // each turn evicts one entry
    }
  }

  private void measure(Share share) {
    long bytes = share.tableBytes + share.pipeline.heapBytes();
    used += bytes - share.bytes;
    share.bytes = bytes;
  }

  private boolean evictFromLargest() {
    Share largest = shares[0];
    for (Share each : shares) {
      largest = each.entryBytes() > largest.entryBytes() ? each : largest;
    }
    long before = used;
    largest.pipeline.evictOldest();
    measure(largest);
    return used < before;
  }
}
