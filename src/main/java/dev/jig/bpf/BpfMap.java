package dev.jig.bpf;

import dev.jig.os.Errno;
import dev.jig.os.Libc;
import dev.jig.os.NativeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A map of a loaded object, valid until that is closed. Keys and values are native memory laid out
/// as in C. For any thread.
///
/// @param valueBytes bytes that [#get] writes: for per-CPU maps one value per possible CPU, each
///   rounded up to 8 bytes
/// @param maxEntries the number of entries; of a ring its size in bytes
public record BpfMap(String name, int fd, int keyBytes, int valueBytes, int maxEntries) {
  /// The flags of bpf_map_update_elem().
  public enum Mode {
    ANY(0, 0),
    ONLY_NEW(1, Errno.EEXIST),
    ONLY_EXISTING(2, Errno.ENOENT);

    private final int flag; // BPF_ANY, BPF_NOEXIST, BPF_EXIST
    private final int expectedErrno;

    Mode(int flag, int expectedErrno) {
      this.flag = flag;
      this.expectedErrno = expectedErrno;
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

  /// Reads the value of `key`; false if the map has none.
  public boolean get(MemorySegment key, MemorySegment value) {
    requireSize(key, keyBytes);
    requireSize(value, valueBytes);
    return check(Libbpf.lookup(fd, key, value), "read", Errno.ENOENT);
  }

  /// Writes the value of `key`; false if `mode` forbids it.
  public boolean put(MemorySegment key, MemorySegment value, Mode mode) {
    requireSize(key, keyBytes);
    requireSize(value, valueBytes);
    return check(Libbpf.update(fd, key, value, mode.flag), "write", mode.expectedErrno);
  }

  /// Deletes a key; false if the map does not have it.
  public boolean remove(MemorySegment key) {
    requireSize(key, keyBytes);
    return check(Libbpf.delete(fd, key), "delete from", Errno.ENOENT);
  }

  /// Writes the first key to `next`; false if the map is empty.
  public boolean firstKey(MemorySegment next) {
    requireSize(next, keyBytes);
    return check(Libbpf.nextKey(fd, MemorySegment.NULL, next), "walk", Errno.ENOENT);
  }

  /// Writes the key after `key` to `next`, the first if `key` was deleted; false after the last.
  public boolean nextKey(MemorySegment key, MemorySegment next) {
    requireSize(key, keyBytes);
    requireSize(next, keyBytes);
    return check(Libbpf.nextKey(fd, key, next), "walk", Errno.ENOENT);
  }

  /// Maps an array map's values, shared with the programs.
  MemorySegment mapValue(Arena arena) {
    int page = Libc.pageSize();
    long length = (valueBytes + page - 1L) / page * page;
    int access = Libc.PROT_READ | Libc.PROT_WRITE;
    return Libc.mmap(arena, length, access, Libc.MAP_SHARED, fd, 0).asSlice(0, valueBytes);
  }

  private boolean check(int result, String verb, int expectedErrno) {
    if (result >= 0) {
      return true;
    }
    if (-result == expectedErrno) {
      return false;
    }
    throw NativeException.failed("cannot " + verb + " map " + name, -result);
  }

  private void requireSize(MemorySegment memory, int bytes) {
    if (!memory.isNative() || memory.byteSize() < bytes) {
      throw new IllegalArgumentException(
          "map " + name + " takes " + bytes + " native bytes, not " + memory);
    }
  }
}
