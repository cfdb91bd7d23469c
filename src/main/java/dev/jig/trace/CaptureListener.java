package dev.jig.trace;

/// Follows a [CaptureLoop], on its ring thread.
public interface CaptureListener {
  /// After each batch of records, also an empty one: writes out rows, if it is time to.
  ///
  /// @param drained no record waits: the ring thread is about to sleep
  default void onBatchEnd(boolean drained) {}

  /// Packets were lost since the last call; at most once a second.
  default void onLoss(long packets) {}
}
