package dev.jig.capture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/// The structs and enums in the BTF of a compiled BPF object (Documentation/bpf/btf.rst in the
/// kernel).
///
/// ```
/// header   hdr_len 4 u32 · type_off 8 u32 · type_len 12 u32 · str_off 16 u32
/// type     name_off 0 u32 · info 4 u32 (vlen 0-15, kind 24-28) · size 8 u32, then by kind
/// member   name_off 0 u32 · type 4 u32 · offset in bits 8 u32
/// enum     name_off 0 u32 · value 4 i32
/// ```
final class Btf {
  private static final int KIND_STRUCT = 4;
  private static final int KIND_ENUM = 6;
  private static final int TYPE = 12;

  /// A struct's size and its members' offsets, in bytes.
  record Struct(int size, Map<String, Integer> offsets) {}

  private final ByteBuffer btf;
  private final int strings;
  private final Map<String, Struct> structs = new HashMap<>();
  private final Map<String, Integer> enumerators = new HashMap<>();

  private Btf(ByteBuffer btf) {
    this.btf = btf;
    int header = btf.getInt(4);
    this.strings = header + btf.getInt(16);
    int at = header + btf.getInt(8);
    int end = at + btf.getInt(12);
    while (at < end) {
      at = readType(at);
    }
  }

  static Btf ofElf(byte[] elf) {
    ByteBuffer bytes = ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN);
    int headers = (int) bytes.getLong(40);
    int names = offset(bytes, headers + 64 * bytes.getShort(62));
    for (int i = 0; i < bytes.getShort(60); i++) {
      int section = headers + 64 * i;
      if (text(bytes, names + bytes.getInt(section)).equals(".BTF")) {
        int size = (int) bytes.getLong(section + 32);
        return new Btf(bytes.slice(offset(bytes, section), size).order(ByteOrder.LITTLE_ENDIAN));
      }
    }
    throw new AssertionError("the object has no .BTF section");
  }

  Struct struct(String name) {
    Struct struct = structs.get(name);
    if (struct == null) {
      throw new AssertionError("no struct " + name + " among " + structs.keySet());
    }
    return struct;
  }

  /// The value of an enumerator, whatever its enum.
  int enumerator(String name) {
    Integer value = enumerators.get(name);
    if (value == null) {
      throw new AssertionError("no enumerator " + name + " among " + enumerators.keySet());
    }
    return value;
  }

  private static int offset(ByteBuffer elf, int section) {
    return (int) elf.getLong(section + 24);
  }

  private int readType(int at) {
    int info = btf.getInt(at + 4);
    int count = info & 0xffff;
    int kind = info >>> 24 & 0x1f;
    switch (kind) {
      case KIND_STRUCT -> structs.put(name(at), new Struct(btf.getInt(at + 8), members(at, count)));
      case KIND_ENUM -> {
        for (int e = at + TYPE; e < at + TYPE + 8 * count; e += 8) {
          enumerators.put(name(e), btf.getInt(e + 4));
        }
      }
      default -> {}
    }
    return at + TYPE + moreBytes(kind, count);
  }

  private Map<String, Integer> members(int at, int count) {
    Map<String, Integer> offsets = new LinkedHashMap<>();
    for (int m = at + TYPE; m < at + TYPE + 12 * count; m += 12) {
      offsets.put(name(m), (btf.getInt(m + 8) & 0xffffff) / 8);
    }
    return offsets;
  }

  private static int moreBytes(int kind, int count) {
    return switch (kind) {
      case 1, 14, 17 -> 4; // int, var, decl_tag
      case 3 -> 12; // array
      case KIND_STRUCT, 5, 15, 19 -> 12 * count; // union, datasec, enum64
      case KIND_ENUM, 13 -> 8 * count; // func_proto
      default -> 0;
    };
  }

  private String name(int at) {
    return text(btf, strings + btf.getInt(at));
  }

  private static String text(ByteBuffer bytes, int at) {
    int end = at;
    while (bytes.get(end) != 0) {
      end++;
    }
    byte[] text = new byte[end - at];
    bytes.get(at, text);
    return new String(text, StandardCharsets.US_ASCII);
  }
}
