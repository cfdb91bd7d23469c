package dev.jig.bpf;

import dev.jig.os.NativeException;
import dev.jig.os.Errno;
import dev.jig.os.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A map of a loaded object, valid until that is closed. Keys and values are native memory laid out
/// as in C; safe for any thread.
///
/// @param valueBytes what a look-up writes: for per-CPU maps a value per possible CPU, each rounded
///   up to eight bytes
/// @param maxEntries of a ring its size in bytes
public record BpfMap(String name, int fd, int keyBytes, int valueBytes, int maxEntries) {
  /// What an update may find.
  public enum Mode {
    ANY(0, 0),
    ONLY_NEW(1, Errno.EEXIST),
    ONLY_EXISTING(2, Errno.ENOENT);

    private final int flag; // BPF_ANY, BPF_NOEXIST, BPF_EXIST
    private final int refusal;

    Mode(int flag, int refusal) {
      this.flag = flag;
      this.refusal = refusal;
    }
  }

  static BpfMap of(String name, long map) {
    int value = Libbpf.mapValueSize(map);
    int all = isPerCpu(Libbpf.mapType(map)) ? ((value + 7) & ~7) * Libbpf.possibleCpus() : value;
    return new BpfMap(
        name, Libbpf.mapFd(map), Libbpf.mapKeySize(map), all, Libbpf.mapMaxEntries(map));
  }

  /// BPF_MAP_TYPE_PERCPU_HASH, PERCPU_ARRAY, LRU_PERCPU_HASH.
  private static boolean isPerCpu(int type) {
    return type == 5 || type == 6 || type == 10;
  }

  /// Reads the value of `key`; false if there is none.
  public boolean get(MemorySegment key, MemorySegment value) {
    check(key, keyBytes);
    check(value, valueBytes);
    return found(Libbpf.lookup(fd, key, value), "read", Errno.ENOENT);
  }

  /// Writes the value of `key`; false if `mode` forbids it.
  public boolean put(MemorySegment key, MemorySegment value, Mode mode) {
    check(key, keyBytes);
    check(value, valueBytes);
    return found(Libbpf.update(fd, key, value, mode.flag), "write", mode.refusal);
  }

  /// Takes a key out; false if it was not in.
  public boolean remove(MemorySegment key) {
    check(key, keyBytes);
    return found(Libbpf.delete(fd, key), "delete from", Errno.ENOENT);
  }

  /// Writes the first key; false if the map is empty.
  public boolean firstKey(MemorySegment next) {
    check(next, keyBytes);
    return found(Libbpf.nextKey(fd, MemorySegment.NULL, next), "walk", Errno.ENOENT);
  }

  /// Writes the key after `key`, the first one if that is gone; false after the last.
  public boolean nextKey(MemorySegment key, MemorySegment next) {
    check(key, keyBytes);
    check(next, keyBytes);
    return found(Libbpf.nextKey(fd, key, next), "walk", Errno.ENOENT);
  }

  /// The memory of an array map's values, as the programs see it.
  MemorySegment mapValue(Arena arena) {
    int page = Libc.pageSize();
    long length = (valueBytes + page - 1L) / page * page;
    int access = Libc.PROT_READ | Libc.PROT_WRITE;
    return Libc.mmap(arena, length, access, Libc.MAP_SHARED, fd, 0).asSlice(0, valueBytes);
  }

  private boolean found(int result, String verb, int expected) {
    if (result >= 0) {
      return true;
    }
    if (-result == expected) {
      return false;
    }
    throw NativeException.failed("cannot " + verb + " map " + name, -result);
  }

  private void check(MemorySegment memory, int bytes) {
    if (!memory.isNative() || memory.byteSize() < bytes) {
      throw new IllegalArgumentException(
          "map " + name + " takes " + bytes + " native bytes, not " + memory);
    }
  }
}
