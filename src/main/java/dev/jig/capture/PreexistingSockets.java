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

/// Assigns owners to DNS sockets that were opened before the programs were attached: one iterator
/// over all open files (`iter/task_file`), after attaching. An owner that a socket has already
/// stays.
///
/// From Linux 5.11 on the iterator writes socket storage itself. Before, it prints what to write,
/// and this class writes it through a duplicated descriptor:
///
/// ```
/// struct open_socket   0 pid(4)   4 fd(4)   8 inode(8)   16 struct dns_socket
/// ```
///
/// The attribution is `socket`, never `exact`: of several processes with a descriptor of the
/// socket, the one with the lowest pid. A packet between attaching and the walk has its sender as
/// owner over UDP and from a TCP sender's own call, else none. A socket that no process has a
/// descriptor of (not accepted yet, or in transit by SCM_RIGHTS) has no owner until it is used.
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

  /// Runs the walk once.
  ///
  /// @return why sockets may be left without an owner, empty if none is
  static Optional<String> assignOwners(BpfObject object) {
    try {
      if (object.isLoaded(MARK)) {
        object.program(MARK).runIterator();
        return Optional.empty();
      }
      return object.isLoaded(LIST)
          ? assignListedOwners(object.program(LIST), object.map("sockets"))
          : Optional.of("this kernel has no iterator over open files");
    } catch (NativeException refused) {
      return Optional.of(String.valueOf(refused.getMessage()));
    }
  }

  private static Optional<String> assignListedOwners(BpfProgram walk, BpfMap sockets) {
    MemorySegment output = MemorySegment.ofArray(walk.runIterator());
    Optional<String> refusal = Optional.empty();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = arena.allocate(sockets.keyBytes(), 8);
      MemorySegment value = arena.allocate(sockets.valueBytes(), 8);
      long size = SOCKET + value.byteSize();
      for (long at = 0; at + size <= output.byteSize(); at += size) {
        MemorySegment.copy(output, at + SOCKET, value, 0, value.byteSize());
        try {
          assignOwner(output.asSlice(at, SOCKET), sockets, key, value);
        } catch (NativeException refused) {
          refusal = Optional.of(String.valueOf(refused.getMessage()));
        }
      }
    }
    return refusal;
  }

  /// Compares the inode, since the descriptor may have been reused.
  private static void assignOwner(
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
