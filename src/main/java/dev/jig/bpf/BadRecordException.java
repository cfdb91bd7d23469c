package dev.jig.bpf;

/// A ring record contradicts itself or the ring, which only a bug of the kernel program or of its
/// reader can cause. The message names the place and the length.
public final class BadRecordException extends IllegalStateException {
  private static final long serialVersionUID = 1;

  private BadRecordException(String place, long start, long length, String problem) {
    super("bad ring record at " + place + " " + start + ", length " + length + ": " + problem);
  }

  /// A header that contradicts the ring.
  ///
  /// @param position where the record starts, as the consumer position counts
  /// @param length what its header says, in bytes
  static BadRecordException atPosition(long position, long length, String problem) {
    return new BadRecordException("position", position, length, problem);
  }

  /// A sample that contradicts its header.
  ///
  /// @param offset where the sample starts in the part of the ring that is mapped
  /// @param length what its header says, in bytes
  public static BadRecordException atOffset(long offset, long length, String problem) {
    return new BadRecordException("offset", offset, length, problem);
  }
}
