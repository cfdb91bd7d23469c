package dev.jig.bpf;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A compiled BPF object and the settings for loading it. Constants are written into the .rodata of
/// the copied ELF file before libbpf reads it.
public final class BpfImage {
  private final String name;
  private final byte[] elf;
  private final ElfSymbols symbols;
  private final Map<String, Integer> maxEntries = new HashMap<>();
  private final Set<String> optional = new HashSet<>();
  private final Map<String, Kernel.Version> since = new HashMap<>();
  private final Set<String> excluded = new HashSet<>();
  private boolean logKept;

  private BpfImage(String name, byte[] elf) {
    this.name = name;
    this.elf = elf;
    this.symbols = ElfSymbols.of(elf);
  }

  /// Copies the bytes of a BPF ELF object.
  ///
  /// @param name the object's name in bpftool, of which 15 characters count
  /// @throws IllegalArgumentException if the bytes are no BPF object
  public static BpfImage of(String name, byte[] elf) {
    return new BpfImage(name, elf.clone());
  }

  /// Sets a `const volatile` of four bytes.
  ///
  /// @throws IllegalArgumentException if there is none of that name and size
  public BpfImage setConstant(String variable, int value) {
    return setConstant(variable, value, Integer.BYTES);
  }

  /// Sets a `const volatile` of eight bytes.
  ///
  /// @throws IllegalArgumentException if there is none of that name and size
  public BpfImage setConstant(String variable, long value) {
    return setConstant(variable, value, Long.BYTES);
  }

  /// Sets a `const volatile` of one byte.
  ///
  /// @throws IllegalArgumentException if there is none of that name and size
  public BpfImage setConstant(String variable, boolean value) {
    return setConstant(variable, value ? 1 : 0, 1);
  }

  private BpfImage setConstant(String variable, long value, int size) {
    ElfSymbols.Symbol symbol = symbols.find(variable);
    if (symbol == null || !symbol.section().equals(".rodata") || symbol.size() != size) {
      throw new IllegalArgumentException(
          "no constant `" + variable + "` of " + size + " bytes in " + name + ": " + symbol);
    }
    for (int i = 0; i < size; i++) {
      elf[symbol.fileOffset() + i] = (byte) (value >>> 8 * i);
    }
    return this;
  }

  /// Sets a map's max_entries; of a ring its size in bytes, which libbpf rounds up to a power of
  /// two of pages.
  public BpfImage setMaxEntries(String map, int count) {
    maxEntries.put(map, count);
    return this;
  }

  /// Marks programs that are left out if the kernel refuses them. Programs of a section `?…` are
  /// loaded only if named here.
  public BpfImage markOptional(String... programs) {
    optional.addAll(List.of(programs));
    return this;
  }

  /// As [#markOptional], and not tried on kernels older than `major.minor`: each refusal costs a
  /// load.
  public BpfImage markOptionalSince(int major, int minor, String... programs) {
    for (String program : programs) {
      since.put(program, new Kernel.Version(major, minor));
    }
    return markOptional(programs);
  }

  /// Leaves programs out.
  public BpfImage exclude(String... programs) {
    excluded.addAll(List.of(programs));
    return this;
  }

  /// Keeps libbpf's log of the load for [BpfObject#log]; costs about 30 ms.
  public BpfImage keepLog() {
    logKept = true;
    return this;
  }

  String name() {
    return name;
  }

  byte[] elf() {
    return elf;
  }

  ElfSymbols symbols() {
    return symbols;
  }

  Map<String, Integer> maxEntries() {
    return maxEntries;
  }

  boolean isOptional(String program) {
    return optional.contains(program);
  }

  Set<String> optionalPrograms() {
    return Set.copyOf(optional);
  }

  /// Programs that `kernel` is too old for, with the version they need, such as `since 6.3`.
  Map<String, String> unsupportedPrograms(Kernel kernel) {
    Map<String, String> programs = new HashMap<>();
    since.forEach((program, version) -> {
      if (kernel.isBefore(version)) {
        programs.put(program, "since " + version);
      }
    });
    return programs;
  }

  List<String> excluded() {
    return List.copyOf(excluded);
  }

  boolean isLogKept() {
    return logKept;
  }
}
