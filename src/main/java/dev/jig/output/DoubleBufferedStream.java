package dev.jig.output;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Writes to a slow stream on a thread of its own. The caller fills one buffer while the other one
/// is being written; the two are swapped when the caller's is full, or at [#flush]. The caller
/// waits only when both are full.
///
/// Order is kept. For one calling thread; the stream below is used by the writing thread alone.
public final class DoubleBufferedStream extends OutputStream {
  /// Above 256 KiB a write(2) to a file or pipe costs no less per byte.
  private static final int CAPACITY = 256 * 1024;

  private final OutputStream out;
  private final Thread writer;
  private byte[] filling = new byte[CAPACITY];
  private int filled;
  private byte[] spare = new byte[CAPACITY];

  /// What the writing thread has to write; null while it has nothing.
  private volatile @Nullable Chunk handedOver;

  /// The calling thread while it waits for the writing thread: waking it costs a system call.
  private volatile @Nullable Thread waiting;

  private volatile @Nullable Throwable failure;
  private volatile boolean closed;

  /// The first `length` bytes of a buffer.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Chunk(byte[] bytes, int length) {}

  /// @param out written to and flushed by the writing thread, not closed
  public DoubleBufferedStream(OutputStream out) {
    this.out = out;
    this.writer = Thread.ofPlatform().daemon().name("writer").start(this::writeAll);
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  /// Takes bytes; waits while both buffers are full.
  ///
  /// @throws IOException if an earlier write to the stream below failed; a failure of another type
  ///   is thrown as it is, by the other methods, too
  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int from = offset;
    int end = offset + length;
    while (from < end) {
      if (filled == filling.length) {
        awaitWritten();
        swap();
      }
      int count = Math.min(end - from, filling.length - filled);
      System.arraycopy(bytes, from, filling, filled, count);
      filled += count;
      from += count;
    }
    check();
  }

  /// Hands over what was taken so far, unless the other buffer is still being written: then it
  /// follows with the next call. Does not wait.
  ///
  /// @throws IOException if an earlier write to the stream below failed
  @Override
  public void flush() throws IOException {
    check();
    if (filled > 0 && handedOver == null) {
      swap();
    }
  }

  /// Waits until all that was taken is written.
  ///
  /// @throws IOException if a write to the stream below failed
  public void drain() throws IOException {
    while (filled > 0) {
      awaitWritten();
      swap();
    }
    awaitWritten();
    check();
  }

  /// Writes what was taken and ends the writing thread; the stream below stays open.
  @Override
  public void close() throws IOException {
    try {
      drain();
    } finally {
      closed = true;
      LockSupport.unpark(writer);
    }
  }

  private void check() throws IOException {
    switch (failure) {
      case null -> {}
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IOException(e);
    }
  }

  private void awaitWritten() {
    while (handedOver != null) {
      waiting = Thread.currentThread();
      if (handedOver != null) {
        LockSupport.park(this);
      }
      waiting = null;
    }
  }

  /// Precondition: the writing thread has nothing to write.
  private void swap() {
    byte[] full = filling;
    filling = spare;
    spare = full;
    handedOver = new Chunk(full, filled);
    filled = 0;
    LockSupport.unpark(writer);
  }

  private void writeAll() {
    while (!closed) {
      Chunk chunk = handedOver;
      if (chunk == null) {
        LockSupport.park(this);
        continue;
      }
      write(chunk);
      handedOver = null;
      LockSupport.unpark(waiting);
    }
  }

  /// After a failure of any kind chunks are dropped: the caller learns of it with its next call.
  /// The thread goes on, since the caller waits for it.
  private void write(Chunk chunk) {
    if (failure != null) {
      return;
    }
    try {
      out.write(chunk.bytes(), 0, chunk.length());
      out.flush();
    } catch (Throwable e) {
      failure = e;
    }
  }
}
