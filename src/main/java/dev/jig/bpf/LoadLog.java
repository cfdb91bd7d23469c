package dev.jig.bpf;

import dev.jig.os.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The log of libbpf and of the verifier for one load. Its upcall costs about 30 ms, so it is made
/// only after a failed load, for another try.
@SuppressWarnings("restricted")
final class LoadLog implements AutoCloseable {
  // enum libbpf_print_level
  private static final int INFO = 1;
  private static final int DEBUG = 2;

  private static final int BRIEF_LINES = 12;
  private static final int VERBOSE_LINES = 2000;
  private static final int VERIFIER_LINES = 20;
  private static final int LINE_BYTES = 4096;
  // The smallest limit of all kernels (UINT32_MAX >> 8). A shorter log would turn the verifier's
  // error into ENOSPC. Only written pages take memory.
  private static final long VERIFIER_BYTES = (1L << 24) - 1;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment line = arena.allocate(LINE_BYTES);
  private final MemorySegment verifier =
      Libc.mmap(
          arena,
          VERIFIER_BYTES,
          Libc.PROT_READ | Libc.PROT_WRITE,
          Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | Libc.MAP_NORESERVE,
          -1,
          0);
  private final Deque<String> lines = new ArrayDeque<>();
  private final int maxLevel;
  private final int maxLines;

  /// @param verbose whether to keep debug lines, too
  LoadLog(boolean verbose) {
    maxLevel = verbose ? DEBUG : INFO;
    maxLines = verbose ? VERBOSE_LINES : BRIEF_LINES;
    try {
      MethodHandle print =
          MethodHandles.lookup()
              .findVirtual(
                  LoadLog.class,
                  "print",
                  MethodType.methodType(int.class, int.class, long.class, long.class))
              .bindTo(this);
      FunctionDescriptor shape =
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_LONG,
              ValueLayout.JAVA_LONG);
      Libbpf.setPrint(Linker.nativeLinker().upcallStub(print, shape, arena).address());
    } catch (ReflectiveOperationException impossible) {
      throw new LinkageError("print is a method of this class", impossible);
    }
  }

  /// Called by libbpf; an exception would end the JVM.
  int print(int level, long format, long arguments) {
    if (level > maxLevel) {
      return 0;
    }
    Libc.vsnprintf(line, format, arguments);
    if (lines.size() == maxLines) {
      lines.removeFirst();
    }
    lines.addLast(line.getString(0).strip());
    return 0;
  }

  /// The buffer of the verifier's log, kernel_log_buf.
  MemorySegment verifier() {
    return verifier;
  }

  boolean hasVerifierOutput() {
    return verifier.get(ValueLayout.JAVA_BYTE, 0) != 0;
  }

  /// The last lines of libbpf's log, then those of the verifier's.
  List<String> lines() {
    List<String> all = new ArrayList<>(lines);
    all.addAll(tail(verifier.getString(0), VERIFIER_LINES));
    return all;
  }

  void clear() {
    lines.clear();
    verifier.set(ValueLayout.JAVA_BYTE, 0, (byte) 0);
  }

  /// The program of libbpf's last line `libbpf: prog 'NAME': …`; null if there is none.
  @Nullable String failedProgram() {
    String program = null;
    for (String text : lines) {
      int start = text.indexOf("prog '");
      int end = start < 0 ? -1 : text.indexOf('\'', start + 6);
      if (end > 0) {
        program = text.substring(start + 6, end);
      }
    }
    return program;
  }

  /// The last `count` lines of a text that are not blank, after a line with the number of omitted
  /// ones.
  static List<String> tail(String text, int count) {
    List<String> all = text.lines().filter(each -> !each.isBlank()).toList();
    int omitted = all.size() - count;
    if (omitted <= 0) {
      return all;
    }
    List<String> tail = new ArrayList<>(count + 1);
    tail.add("(" + omitted + " lines omitted)");
    tail.addAll(all.subList(omitted, all.size()));
    return tail;
  }

  @Override
  public void close() {
    Libbpf.setPrint(0);
    arena.close();
  }
}
