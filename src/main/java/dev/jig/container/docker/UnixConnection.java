package dev.jig.container.docker;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;

/// A connection to a unix socket with a deadline for reads and writes; any thread may close it.
/// Uses a selector, because the JDK's blocking unix sockets have no timeout.
final class UnixConnection extends InputStream implements Closeable {
  private static final long NEVER = Long.MAX_VALUE;

  private final SocketChannel channel;
  private final Selector selector;
  private long deadlineNs = NEVER;

  UnixConnection(Path socket) throws IOException {
    channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    Selector opened = null;
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.configureBlocking(false);
      opened = Selector.open();
      channel.register(opened, SelectionKey.OP_READ);
      selector = opened;
    } catch (IOException | RuntimeException e) {
      channel.close();
      if (opened != null) {
        opened.close();
      }
      throw e;
    }
  }

  /// From now on reads and writes fail with a [SocketTimeoutException] after `timeout`.
  void setDeadline(Duration timeout) {
    deadlineNs = System.nanoTime() + timeout.toNanos();
  }

  /// From now on reads and writes wait without limit.
  void clearDeadline() {
    deadlineNs = NEVER;
  }

  void write(ByteBuffer bytes) throws IOException {
    while (true) {
      channel.write(bytes);
      if (!bytes.hasRemaining()) {
        return;
      }
      await(SelectionKey.OP_WRITE);
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    ByteBuffer into = ByteBuffer.wrap(bytes, offset, length);
    while (true) {
      int read = channel.read(into);
      if (read != 0 || length == 0) {
        return read;
      }
      await(SelectionKey.OP_READ);
    }
  }

  private void await(int operation) throws IOException {
    try {
      SelectionKey key = channel.keyFor(selector);
      if (key == null) {
        throw new AsynchronousCloseException();
      }
      key.interestOps(operation);
      if (deadlineNs == NEVER) {
        selector.select();
      } else {
        long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
        if (leftMs <= 0) {
          throw new SocketTimeoutException("no response in time");
        }
        selector.select(leftMs);
      }
      selector.selectedKeys().clear();
    } catch (ClosedSelectorException | CancelledKeyException e) {
      throw new AsynchronousCloseException();
    }
  }

  @Override
  public void close() throws IOException {
    selector.close(); // ends select() in another thread
    channel.close();
  }
}
