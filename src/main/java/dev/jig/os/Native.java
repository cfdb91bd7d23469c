package dev.jig.os;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Calls C: one downcall shape for every function, with errno kept per thread.
///
/// ```
/// long f(long a, long b, long c, long d, long e, long f)
/// ```
///
/// Pointers and ints travel as longs; a C function that takes fewer arguments ignores the rest, and
/// of an int result only the lower half means anything. This holds for the calling conventions of
/// x86-64 and AArch64 Linux. Each further shape would cost 5 to 9 ms at start.
@SuppressWarnings("restricted")
public final class Native {
  /// Where bundled libraries lie; without it the system's loader is asked.
  static final String DIRECTORY_PROPERTY = "jig.native.dir";

  private static final String LIBBPF = "libbpf.so.1";

  // What it needs. In this order the loader finds each by its soname among those already open.
  private static final String[] NEEDED = {"libz.so.1", "libzstd.so.1", "libelf.so.1"};

  private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
  private static final VarHandle ERRNO = ValueLayout.JAVA_INT.varHandle();
  private static final MethodHandle CALL = Linker.nativeLinker().downcallHandle(shape(), CAPTURE);
  private static final SymbolLookup LIBC = Linker.nativeLinker().defaultLookup();

  private static @Nullable SymbolLookup libbpf;

  // A subclass, not withInitial: its lambda would be spun at start.
  private static final ThreadLocal<MemorySegment> CAPTURED =
      new ThreadLocal<>() {
        @Override
        protected MemorySegment initialValue() {
          return Arena.ofAuto().allocate(Linker.Option.captureStateLayout());
        }
      };

  private Native() {}

  private static FunctionDescriptor shape() {
    ValueLayout.OfLong word = ValueLayout.JAVA_LONG;
    return FunctionDescriptor.of(word, word, word, word, word, word, word);
  }

  public static long call(MemorySegment function, long a, long b, long c, long d, long e, long f) {
    try {
      return (long) CALL.invokeExact(function, CAPTURED.get(), a, b, c, d, e, f);
    } catch (RuntimeException | Error thrown) {
      throw thrown;
    } catch (Throwable thrown) {
      throw new AssertionError("C functions throw nothing", thrown);
    }
  }

  public static long call(MemorySegment function, long a, long b, long c) {
    return call(function, a, b, c, 0, 0, 0);
  }

  /// What errno was after this thread's last call.
  public static int errno() {
    return (int) ERRNO.get(CAPTURED.get(), 0L);
  }

  /// A function of libc, or NULL where this system has none: calling that throws.
  static MemorySegment libc(String name) {
    return found(LIBC.find(name));
  }

  /// A function of libbpf, or NULL where the installed version has none: calling that throws.
  public static MemorySegment libbpf(String name) {
    return found(openLibbpf().find(name));
  }

  private static MemorySegment found(Optional<MemorySegment> symbol) {
    return symbol.isPresent() ? symbol.get() : MemorySegment.NULL;
  }

  /// Opens libbpf unless it is open; what needs only libc works without it.
  ///
  /// @throws NativeException if it cannot be opened
  public static synchronized SymbolLookup openLibbpf() {
    if (libbpf == null) {
      String directory = System.getProperty(DIRECTORY_PROPERTY);
      try {
        libbpf =
            directory == null
                ? SymbolLookup.libraryLookup(LIBBPF, Arena.global())
                : bundled(Path.of(directory).toAbsolutePath());
      } catch (IllegalArgumentException notLoaded) {
        throw NativeException.libraryMissing(LIBBPF, directory, notLoaded);
      }
    }
    return libbpf;
  }

  private static SymbolLookup bundled(Path directory) {
    for (String name : NEEDED) {
      Path library = directory.resolve(name);
      if (Files.exists(library)) {
        SymbolLookup.libraryLookup(library, Arena.global());
      }
    }
    return SymbolLookup.libraryLookup(directory.resolve(LIBBPF), Arena.global());
  }
}
