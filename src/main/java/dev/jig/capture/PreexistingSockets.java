package dev.jig.capture;

import dev.jig.bpf.BpfMap;
import dev.jig.bpf.BpfObject;
import dev.jig.bpf.BpfProgram;
import dev.jig.os.BorrowedFile;
import dev.jig.os.NativeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/// Sockets that were open before the tracer: one walk over all open files, right after everything
/// is attached, tells them their owner. It never overwrites what their own doings have told since.
///
/// Where the kernel lets the walk write into a socket (5.11), that is all. Elsewhere it prints what
/// it would write and this class does so, by way of a borrowed descriptor:
///
/// ```
/// struct open_socket   0 pid(4)   4 fd(4)   8 inode(8)   16 struct dns_socket
/// ```
///
/// The owner is `socket`, never `exact`: of several processes with a descriptor of it, the one with
/// the lowest id. A packet between attaching and the walk has its sender over UDP and from a TCP
/// sender's own call, else no owner; so have, until they are used, sockets that no process has a
/// descriptor of (accepted later, or on their way to another process).
final class PreexistingSockets {
  static final String MARK = "mark_sockets";
  static final String LIST = "list_sockets";

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final int PID = 0;
  private static final int FD = 4;
  private static final int INODE = 8;
  private static final int SOCKET = 16;

  private PreexistingSockets() {}

  /// Walks once.
  ///
  /// @return why sockets may be left without owner, empty if none is
  static Optional<String> assignOwners(BpfObject object) {
    try {
      if (object.isLoaded(MARK)) {
        object.program(MARK).runIterator();
        return Optional.empty();
      }
      return object.isLoaded(LIST)
          ? markListed(object.program(LIST), object.map("sockets"))
          : Optional.of("this kernel has no walk over open files");
    } catch (NativeException refused) {
      return Optional.of(String.valueOf(refused.getMessage()));
    }
  }

  private static Optional<String> markListed(BpfProgram walk, BpfMap sockets) {
    MemorySegment printed = MemorySegment.ofArray(walk.runIterator());
    Optional<String> refusal = Optional.empty();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = arena.allocate(sockets.keyBytes(), 8);
      MemorySegment value = arena.allocate(sockets.valueBytes(), 8);
      long each = SOCKET + value.byteSize();
      for (long at = 0; at + each <= printed.byteSize(); at += each) {
        MemorySegment.copy(printed, at + SOCKET, value, 0, value.byteSize());
        try {
          assignOwners(printed.asSlice(at, SOCKET), sockets, key, value);
        } catch (NativeException refused) {
          refusal = Optional.of(String.valueOf(refused.getMessage()));
        }
      }
    }
    return refusal;
  }

  /// The inode tells whether the descriptor is still that of the same socket.
  private static void assignOwners(
      MemorySegment open, BpfMap sockets, MemorySegment key, MemorySegment value) {
    Optional<BorrowedFile> borrowed = BorrowedFile.open(open.get(INT, PID), open.get(INT, FD));
    if (borrowed.isEmpty()) {
      return;
    }
    try (BorrowedFile file = borrowed.get()) {
      if (file.inode() == open.get(LONG, INODE)) {
        key.set(INT, 0, file.fd());
        sockets.put(key, value, BpfMap.Mode.ONLY_NEW);
      }
    }
  }
}
