package dev.jig.kube;

import org.jspecify.annotations.Nullable;

/// How far a node's stream has been processed; kept across reconnects, so that the stream can be
/// resumed. Any thread.
///
/// The agent numbers events from 1. A number that never arrives is that of an event it dropped.
final class StreamPosition {
  private @Nullable String streamId;
  private @Nullable String agentUid;
  private long processed;
  private long accounted;
  private long lostOnNode;

  /// The stream to resume at this agent; null: there is none, start one.
  synchronized @Nullable String resumableAt(String uid) {
    return uid.equals(agentUid) ? streamId : null;
  }

  synchronized boolean isStream(String id) {
    return id.equals(streamId);
  }

  /// A new stream, at its beginning.
  synchronized void start(String id, String uid) {
    streamId = id;
    agentUid = uid;
    processed = 0;
    accounted = 0;
    lostOnNode = 0;
  }

  /// The stream has ended or expired.
  synchronized void end() {
    streamId = null;
  }

  /// Sequence number of the last event processed.
  synchronized long processed() {
    return processed;
  }

  /// False for an event that was processed before the connection broke.
  synchronized boolean isNew(long sequence) {
    return sequence > processed;
  }

  synchronized void advance(long sequence) {
    processed = sequence;
    accounted = Math.max(accounted, sequence);
  }

  /// Accounts for all events up to this sequence number.
  ///
  /// @return how many of them the agent dropped, not counting those returned before
  synchronized long droppedUpTo(long sequence) {
    long dropped = Math.max(sequence - accounted, 0);
    accounted += dropped;
    return dropped;
  }

  /// Takes the node's loss counter.
  ///
  /// @param total packets lost on the node since the stream started
  /// @return how many of them are new since the last call
  synchronized long newlyLostOnNode(long total) {
    long more = Math.max(total - lostOnNode, 0);
    lostOnNode += more;
    return more;
  }
}
