package dev.jig.bpf;

import dev.jig.os.Errno;
import dev.jig.os.Native;
import dev.jig.os.NativeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Loaded BPF programs and their maps, until [#close] or the process's end. Links of the programs
/// are closed separately.
public final class BpfObject implements AutoCloseable {
  /// struct bpf_object_open_opts: size 0 · object_name 8 · kernel_log_buf 56 · kernel_log_size 64.
  private static final long OPTIONS_SIZE = 80;

  private final BpfImage image;
  private final Arena arena = Arena.ofShared(); // of mapped variables
  private final Map<String, BpfProgram> programs = new LinkedHashMap<>();
  private final Map<String, MemorySegment> sections = new HashMap<>();
  private final Map<String, String> missingPrograms;
  private List<String> log = List.of();
  private long handle;

  private BpfObject(BpfImage image, Map<String, String> leftOut) {
    this.image = image;
    this.missingPrograms = Map.copyOf(leftOut);
  }

  /// Loads an image. If that fails, loads it again with a log, each time without one more optional
  /// program that the kernel refused.
  ///
  /// @throws NativeException if the kernel or libbpf refuses a program that is not optional
  public static BpfObject load(BpfImage image) {
    Native.openLibbpf(); // throws here, not from the static initialiser of Libbpf
    synchronized (BpfObject.class) { // libbpf_set_print() is global
      if (!image.isLogKept()) {
        BpfObject object = new BpfObject(image, image.unsupportedPrograms(Kernel.running()));
        if (object.tryLoad(null) == 0) {
          return object;
        }
      }
      try (LoadLog log = new LoadLog(image.isLogKept())) {
        return loadWithLog(image, log);
      }
    }
  }

  private static BpfObject loadWithLog(BpfImage image, LoadLog log) {
    Map<String, String> refused = new LinkedHashMap<>(image.unsupportedPrograms(Kernel.running()));
    List<String> lines = new ArrayList<>();
    while (true) {
      BpfObject object = new BpfObject(image, refused);
      int errno = object.tryLoad(log);
      lines.addAll(log.lines());
      if (errno == 0) {
        object.log = List.copyOf(lines);
        return object;
      }
      String program = log.failedProgram();
      if (program == null || !image.isOptional(program) || refused.containsKey(program)) {
        String action = "cannot load " + (program == null ? image.name() : "program " + program);
        throw Diagnosis.ofThisProcess()
            .loadFailure(action, errno, log.lines(), log.hasVerifierOutput());
      }
      refused.put(program, Errno.name(errno));
      log.clear();
    }
  }

  /// Opens and loads the object; returns 0, or errno after closing it.
  private int tryLoad(@Nullable LoadLog log) {
    int errno = Errno.EINVAL;
    try (Arena scratch = Arena.ofConfined()) {
      byte[] elf = image.elf();
      MemorySegment bytes = scratch.allocate(elf.length, 8);
      MemorySegment.copy(elf, 0, bytes, ValueLayout.JAVA_BYTE, 0, elf.length);
      handle = Libbpf.openMem(bytes, options(scratch, log));
      errno = handle == 0 ? Native.errno() : configureAndLoad();
      return errno;
    } finally {
      if (errno != 0) {
        close();
      }
    }
  }

  private int configureAndLoad() {
    configure();
    return -Libbpf.load(handle);
  }

  private MemorySegment options(Arena scratch, @Nullable LoadLog log) {
    MemorySegment options = scratch.allocate(OPTIONS_SIZE, 8);
    options.set(ValueLayout.JAVA_LONG, 0, OPTIONS_SIZE);
    options.set(ValueLayout.JAVA_LONG, 8, scratch.allocateFrom(image.name()).address());
    if (log != null) {
      options.set(ValueLayout.JAVA_LONG, 56, log.verifier().address());
      options.set(ValueLayout.JAVA_LONG, 64, log.verifier().byteSize());
    }
    return options;
  }

  private void configure() {
    for (Map.Entry<String, Integer> each : image.maxEntries().entrySet()) {
      int result = Libbpf.setMapMaxEntries(findMap(each.getKey()), each.getValue());
      if (result < 0) {
        throw NativeException.failed("cannot size map " + each, -result);
      }
    }
    long program = 0;
    while ((program = Libbpf.nextProgram(handle, program)) != 0) {
      String name = Libbpf.programName(program);
      programs.put(name, new BpfProgram(program, name, Libbpf.programSection(program)));
    }
    for (String optional : image.optionalPrograms()) {
      requireProgram(optional).setAutoload(true);
    }
    for (String unwanted : image.excluded()) {
      leaveOut(unwanted);
    }
    for (String refused : missingPrograms.keySet()) {
      leaveOut(refused);
    }
    programs.values().removeIf(each -> !each.isAutoload());
  }

  private void leaveOut(String name) {
    requireProgram(name).setAutoload(false);
  }

  private BpfProgram requireProgram(String name) {
    BpfProgram program = programs.get(name);
    if (program == null) {
      throw new IllegalArgumentException("no program `" + name + "` in " + image.name());
    }
    return program;
  }

  /// The programs that were loaded, in the object's order.
  public List<BpfProgram> programs() {
    return List.copyOf(programs.values());
  }

  /// Whether a program of this name was loaded.
  public boolean isLoaded(String name) {
    return programs.containsKey(name);
  }

  /// A loaded program.
  ///
  /// @throws IllegalArgumentException if there is none of that name, or it was left out
  public BpfProgram program(String name) {
    BpfProgram program = programs.get(name);
    if (program == null) {
      throw new IllegalArgumentException("no program `" + name + "` loaded of " + image.name());
    }
    return program;
  }

  /// The optional programs that were not loaded, with the reason: errno's name if the kernel
  /// refused it, `since 6.3` if the kernel is older than that.
  public Map<String, String> missingPrograms() {
    return missingPrograms;
  }

  /// libbpf's log, if the image asked for it or an optional program was refused.
  public List<String> log() {
    return log;
  }

  /// A map by its name.
  ///
  /// @throws IllegalArgumentException if there is none of that name
  public BpfMap map(String name) {
    return BpfMap.of(name, findMap(name));
  }

  private long findMap(String name) {
    long map = Libbpf.findMap(handle, name);
    if (map == 0) {
      throw new IllegalArgumentException("no map `" + name + "` in " + image.name());
    }
    return map;
  }

  /// A global variable of .bss or .data, mapped: shared with the programs.
  ///
  /// @throws IllegalArgumentException if there is none of that name
  public MemorySegment variable(String name) {
    ElfSymbols.Symbol symbol = image.symbols().find(name);
    if (symbol == null || !(symbol.section().equals(".bss") || symbol.section().equals(".data"))) {
      throw new IllegalArgumentException(
          "no variable `" + name + "` in " + image.name() + ": " + symbol);
    }
    MemorySegment section = sections.get(symbol.section());
    if (section == null) {
      section = map(symbol.section()).mapValue(arena);
      sections.put(symbol.section(), section);
    }
    return section.asSlice(symbol.offset(), symbol.size());
  }

  @Override
  public void close() {
    if (handle != 0) {
      Libbpf.close(handle);
      handle = 0;
    }
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
