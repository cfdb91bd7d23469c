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

/// Calls C functions, all with one downcall shape; keeps errno per thread.
///
/// ```
/// long f(long a, long b, long c, long d, long e, long f)
/// ```
///
/// Pointers and ints are passed as longs. A C function with fewer parameters ignores the rest; of
/// an int result only the lower 32 bits are defined. The calling conventions of x86-64 and AArch64
/// Linux permit this. Each further shape would cost 5 to 9 ms at start.
@SuppressWarnings("restricted")
public final class Native {
  /// System property: the directory of bundled libraries. If unset, the dynamic loader searches.
  static final String DIRECTORY_PROPERTY = "jig.native.dir";

  private static final String LIBBPF = "libbpf.so.1";

  // In this order: the loader finds a library's dependencies by soname among those already open.
  private static final String[] LIBBPF_DEPENDENCIES = {"libz.so.1", "libzstd.so.1", "libelf.so.1"};

  private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
  private static final VarHandle ERRNO = ValueLayout.JAVA_INT.varHandle();
  private static final MethodHandle CALL = Linker.nativeLinker().downcallHandle(shape(), CAPTURE);
  private static final SymbolLookup LIBC = Linker.nativeLinker().defaultLookup();

  private static @Nullable SymbolLookup libbpf;

  // A subclass: withInitial() would generate a lambda class at start.
  private static final ThreadLocal<MemorySegment> CAPTURED =
      new ThreadLocal<>() {
        @Override
        protected MemorySegment initialValue() {
          return Arena.ofAuto().allocate(Linker.Option.captureStateLayout());
        }
      };

  private Native() {}

  /// Links the downcall and libc's functions on another thread, so that it overlaps the caller's
  /// start: parsing the command line takes as long.
  public static void preload() {
    Thread.ofPlatform().daemon().name("native-preload").start(() -> new Clocks().bootNs());
  }

  private static FunctionDescriptor shape() {
    ValueLayout.OfLong word = ValueLayout.JAVA_LONG;
    return FunctionDescriptor.of(word, word, word, word, word, word, word);
  }

  /// Calls a C function of up to six parameters.
  public static long call(MemorySegment function, long a, long b, long c, long d, long e, long f) {
    try {
      return (long) CALL.invokeExact(function, CAPTURED.get(), a, b, c, d, e, f);
    } catch (RuntimeException | Error thrown) {
      throw thrown;
    } catch (Throwable thrown) {
      throw new AssertionError("C functions do not throw", thrown);
    }
  }

  /// Calls a C function of up to three parameters.
  public static long call(MemorySegment function, long a, long b, long c) {
    return call(function, a, b, c, 0, 0, 0);
  }

  /// Errno after this thread's last call.
  public static int errno() {
    return (int) ERRNO.get(CAPTURED.get(), 0L);
  }

  /// The address of a libc function; NULL if this system has none, calling that throws.
  static MemorySegment libc(String name) {
    return orNull(LIBC.find(name));
  }

  /// The address of a libbpf function; NULL if the installed version has none, calling that throws.
  public static MemorySegment libbpf(String name) {
    return orNull(openLibbpf().find(name));
  }

  private static MemorySegment orNull(Optional<MemorySegment> symbol) {
    return symbol.isPresent() ? symbol.get() : MemorySegment.NULL;
  }

  /// Opens libbpf if it is not open. Callers of libc alone do not need it.
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
    for (String name : LIBBPF_DEPENDENCIES) {
      Path library = directory.resolve(name);
      if (Files.exists(library)) {
        SymbolLookup.libraryLookup(library, Arena.global());
      }
    }
    return SymbolLookup.libraryLookup(directory.resolve(LIBBPF), Arena.global());
  }
}
