package dev.jig.capture;

/// Splits a TCP segment's payload into DNS messages, each behind a length of two bytes (RFC 1035
/// section 4.2.2).
///
/// Only messages that are whole within the segment are found: the segment is taken to begin with a
/// length. A message spread over segments, or a length sent alone ahead of its message, needs the
/// stream put together and is what remains here.
public final class TcpFraming {
  private static final int PREFIX_LENGTH = 2;

  private TcpFraming() {}

  /// Takes the messages of a segment in their order.
  @FunctionalInterface
  public interface MessageHandler {
    /// A message without its length prefix: bytes of the segment's own buffer. Its length may be 0.
    void message(byte[] bytes, int offset, int length);
  }

  /// Hands on the whole messages of `bytes[offset, offset + length)`.
  ///
  /// @return how many bytes remain, those of a message that is not whole; 0 if the segment ends
  ///   with a message
  public static int messages(byte[] bytes, int offset, int length, MessageHandler handler) {
    int next = offset;
    int end = offset + length;
    while (end - next >= PREFIX_LENGTH) {
      int messageLength = (bytes[next] & 0xff) << 8 | bytes[next + 1] & 0xff;
      if (messageLength > end - next - PREFIX_LENGTH) {
        break;
      }
      handler.message(bytes, next + PREFIX_LENGTH, messageLength);
      next += PREFIX_LENGTH + messageLength;
    }
    return end - next;
  }
}
