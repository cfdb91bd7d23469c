package dev.jig.bpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The global variables of a BPF object, from the ELF64 symbol table.
///
/// ```
/// header   e_machine 18 u16 · e_shoff 40 u64 · e_shentsize 58 u16 · e_shnum 60 u16
///          e_shstrndx 62 u16
/// section  sh_name 0 u32 · sh_type 4 u32 · sh_offset 24 u64 · sh_size 32 u64 · sh_link 40 u32
/// symbol   st_name 0 u32 · st_info 4 u8 · st_shndx 6 u16 · st_value 8 u64 · st_size 16 u64
/// ```
final class ElfSymbols {
  private static final int MAGIC = 0x464c457f; // 7f E L F
  private static final int CLASS64_LITTLE = 0x0102;
  private static final int EM_BPF = 247;
  private static final int SHT_SYMTAB = 2;
  private static final int STT_OBJECT = 1;
  private static final int SYMBOL_SIZE = 24;

  /// A variable.
  ///
  /// @param offset within its section, in bytes
  /// @param fileOffset within the file, in bytes; undefined for .bss
  record Symbol(String section, int offset, int size, int fileOffset) {}

  private final byte[] bytes;
  private final ByteBuffer elf;
  private final Map<String, Symbol> symbols = new HashMap<>();

  private ElfSymbols(byte[] bytes) {
    this.bytes = bytes;
    this.elf = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// @throws IllegalArgumentException if the bytes are no BPF object
  static ElfSymbols of(byte[] bytes) {
    ElfSymbols table = new ElfSymbols(bytes);
    try {
      table.read();
    } catch (IndexOutOfBoundsException cut) {
      throw new IllegalArgumentException("BPF object cut off at " + bytes.length + " bytes", cut);
    }
    return table;
  }

  @Nullable Symbol find(String name) {
    return symbols.get(name);
  }

  private void read() {
    if (elf.getInt(0) != MAGIC || elf.getShort(4) != CLASS64_LITTLE || elf.getShort(18) != EM_BPF) {
      throw new IllegalArgumentException("no little-endian BPF object of ELF64");
    }
    int count = elf.getShort(60) & 0xffff;
    for (int i = 0; i < count; i++) {
      int header = header(i);
      if (elf.getInt(header + 4) == SHT_SYMTAB) {
        readSymbols(header);
      }
    }
  }

  private void readSymbols(int header) {
    int start = offset(header);
    int end = start + Math.toIntExact(elf.getLong(header + 32));
    int strings = offset(header(elf.getInt(header + 40)));
    int sectionNames = offset(header(elf.getShort(62) & 0xffff));
    for (int at = start; at + SYMBOL_SIZE <= end; at += SYMBOL_SIZE) {
      if ((elf.get(at + 4) & 0xf) == STT_OBJECT) {
        int section = header(elf.getShort(at + 6) & 0xffff);
        int value = Math.toIntExact(elf.getLong(at + 8));
        int size = Math.toIntExact(elf.getLong(at + 16));
        symbols.put(
            text(strings + elf.getInt(at)),
            new Symbol(
                text(sectionNames + elf.getInt(section)), value, size, offset(section) + value));
      }
    }
  }

  private int header(int index) {
    return Math.toIntExact(elf.getLong(40)) + index * (elf.getShort(58) & 0xffff);
  }

  private int offset(int header) {
    return Math.toIntExact(elf.getLong(header + 24));
  }

  private String text(int start) {
    int end = start;
    while (bytes[end] != 0) {
      end++;
    }
    return new String(bytes, start, end - start, StandardCharsets.UTF_8);
  }
}
