package dev.jig.bpf;

import dev.jig.os.Native;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The functions of libbpf 1.x in use. Handles are addresses of its objects. A function that makes
/// an object returns 0 on failure and sets errno; one that returns an int returns a negative errno.
@SuppressWarnings("restricted")
final class Libbpf {
  // libbpf_print_fn_t libbpf_set_print(libbpf_print_fn_t fn)
  private static final MemorySegment SET_PRINT = Native.libbpf("libbpf_set_print");
  // int libbpf_num_possible_cpus(void)
  private static final MemorySegment POSSIBLE_CPUS = Native.libbpf("libbpf_num_possible_cpus");
  // struct bpf_object *bpf_object__open_mem(const void *obj_buf, size_t obj_buf_sz,
  //     const struct bpf_object_open_opts *opts)
  private static final MemorySegment OPEN_MEM = Native.libbpf("bpf_object__open_mem");
  // int bpf_object__load(struct bpf_object *obj)
  private static final MemorySegment LOAD = Native.libbpf("bpf_object__load");
  // void bpf_object__close(struct bpf_object *obj)
  private static final MemorySegment CLOSE = Native.libbpf("bpf_object__close");
  // struct bpf_program *bpf_object__next_program(const struct bpf_object *obj,
  //     struct bpf_program *prog)
  private static final MemorySegment NEXT_PROGRAM = Native.libbpf("bpf_object__next_program");
  // struct bpf_map *bpf_object__find_map_by_name(const struct bpf_object *obj, const char *name)
  private static final MemorySegment FIND_MAP = Native.libbpf("bpf_object__find_map_by_name");
  // const char *bpf_program__name(const struct bpf_program *prog)
  private static final MemorySegment PROGRAM_NAME = Native.libbpf("bpf_program__name");
  // const char *bpf_program__section_name(const struct bpf_program *prog)
  private static final MemorySegment PROGRAM_SECTION = Native.libbpf("bpf_program__section_name");
  // int bpf_program__fd(const struct bpf_program *prog)
  private static final MemorySegment PROGRAM_FD = Native.libbpf("bpf_program__fd");
  // int bpf_program__set_autoload(struct bpf_program *prog, bool autoload)
  private static final MemorySegment SET_AUTOLOAD = Native.libbpf("bpf_program__set_autoload");
  // bool bpf_program__autoload(const struct bpf_program *prog)
  private static final MemorySegment AUTOLOAD = Native.libbpf("bpf_program__autoload");
  // struct bpf_link *bpf_program__attach(const struct bpf_program *prog)
  private static final MemorySegment ATTACH = Native.libbpf("bpf_program__attach");
  // struct bpf_link *bpf_program__attach_cgroup(const struct bpf_program *prog, int cgroup_fd)
  private static final MemorySegment ATTACH_CGROUP = Native.libbpf("bpf_program__attach_cgroup");
  // int bpf_link__fd(const struct bpf_link *link)
  private static final MemorySegment LINK_FD = Native.libbpf("bpf_link__fd");
  // int bpf_link__destroy(struct bpf_link *link)
  private static final MemorySegment LINK_DESTROY = Native.libbpf("bpf_link__destroy");
  // int bpf_iter_create(int link_fd)
  private static final MemorySegment ITER_CREATE = Native.libbpf("bpf_iter_create");
  // int bpf_map__fd(const struct bpf_map *map)
  private static final MemorySegment MAP_FD = Native.libbpf("bpf_map__fd");
  // enum bpf_map_type bpf_map__type(const struct bpf_map *map)
  private static final MemorySegment MAP_TYPE = Native.libbpf("bpf_map__type");
  // __u32 bpf_map__key_size(const struct bpf_map *map)
  private static final MemorySegment MAP_KEY_SIZE = Native.libbpf("bpf_map__key_size");
  // __u32 bpf_map__value_size(const struct bpf_map *map)
  private static final MemorySegment MAP_VALUE_SIZE = Native.libbpf("bpf_map__value_size");
  // __u32 bpf_map__max_entries(const struct bpf_map *map)
  private static final MemorySegment MAP_ENTRIES = Native.libbpf("bpf_map__max_entries");
  // int bpf_map__set_max_entries(struct bpf_map *map, __u32 max_entries)
  private static final MemorySegment SET_ENTRIES = Native.libbpf("bpf_map__set_max_entries");
  // int bpf_map_lookup_elem(int fd, const void *key, void *value)
  private static final MemorySegment LOOKUP = Native.libbpf("bpf_map_lookup_elem");
  // int bpf_map_update_elem(int fd, const void *key, const void *value, __u64 flags)
  private static final MemorySegment UPDATE = Native.libbpf("bpf_map_update_elem");
  // int bpf_map_delete_elem(int fd, const void *key)
  private static final MemorySegment DELETE = Native.libbpf("bpf_map_delete_elem");
  // int bpf_map_get_next_key(int fd, const void *key, void *next_key)
  private static final MemorySegment NEXT_KEY = Native.libbpf("bpf_map_get_next_key");

  // struct btf *btf__load_vmlinux_btf(void)
  private static final MemorySegment LOAD_KERNEL_BTF = Native.libbpf("btf__load_vmlinux_btf");
  // __s32 btf__find_by_name_kind(const struct btf *btf, const char *type_name, __u32 kind)
  private static final MemorySegment FIND_BTF_TYPE = Native.libbpf("btf__find_by_name_kind");
  // const struct btf_type *btf__type_by_id(const struct btf *btf, __u32 id)
  private static final MemorySegment BTF_TYPE = Native.libbpf("btf__type_by_id");
  // const char *btf__name_by_offset(const struct btf *btf, __u32 offset)
  private static final MemorySegment BTF_NAME = Native.libbpf("btf__name_by_offset");
  // void btf__free(struct btf *btf)
  private static final MemorySegment FREE_BTF = Native.libbpf("btf__free");

  static {
    setPrint(0); // libbpf prints to stderr by default
  }

  private Libbpf() {}

  /// Sets the function that receives log lines, by its address; 0 discards them.
  static void setPrint(long function) {
    Native.call(SET_PRINT, function, 0, 0);
  }

  static int possibleCpus() {
    return (int) Native.call(POSSIBLE_CPUS, 0, 0, 0);
  }

  static long openMem(MemorySegment elf, MemorySegment options) {
    return Native.call(OPEN_MEM, elf.address(), elf.byteSize(), options.address());
  }

  static int load(long object) {
    return (int) Native.call(LOAD, object, 0, 0);
  }

  static void close(long object) {
    Native.call(CLOSE, object, 0, 0);
  }

  /// The program after `program`; the first for 0, 0 after the last.
  static long nextProgram(long object, long program) {
    return Native.call(NEXT_PROGRAM, object, program, 0);
  }

  static long findMap(long object, String name) {
    try (Arena arena = Arena.ofConfined()) {
      return Native.call(FIND_MAP, object, arena.allocateFrom(name).address(), 0);
    }
  }

  static String programName(long program) {
    return text(Native.call(PROGRAM_NAME, program, 0, 0));
  }

  static String programSection(long program) {
    return text(Native.call(PROGRAM_SECTION, program, 0, 0));
  }

  static int programFd(long program) {
    return (int) Native.call(PROGRAM_FD, program, 0, 0);
  }

  static void setAutoload(long program, boolean autoload) {
    Native.call(SET_AUTOLOAD, program, autoload ? 1 : 0, 0);
  }

  /// Whether the program will be loaded; false by default for `SEC("?…")`.
  static boolean autoload(long program) {
    return (Native.call(AUTOLOAD, program, 0, 0) & 0xff) != 0;
  }

  static long attach(long program) {
    return Native.call(ATTACH, program, 0, 0);
  }

  static long attachCgroup(long program, int cgroupFd) {
    return Native.call(ATTACH_CGROUP, program, cgroupFd, 0);
  }

  static int linkFd(long link) {
    return (int) Native.call(LINK_FD, link, 0, 0);
  }

  static void destroyLink(long link) {
    Native.call(LINK_DESTROY, link, 0, 0);
  }

  static int iterCreate(int linkFd) {
    return (int) Native.call(ITER_CREATE, linkFd, 0, 0);
  }

  static int mapFd(long map) {
    return (int) Native.call(MAP_FD, map, 0, 0);
  }

  static int mapType(long map) {
    return (int) Native.call(MAP_TYPE, map, 0, 0);
  }

  static int mapKeySize(long map) {
    return (int) Native.call(MAP_KEY_SIZE, map, 0, 0);
  }

  static int mapValueSize(long map) {
    return (int) Native.call(MAP_VALUE_SIZE, map, 0, 0);
  }

  static int mapMaxEntries(long map) {
    return (int) Native.call(MAP_ENTRIES, map, 0, 0);
  }

  static int setMapMaxEntries(long map, int entries) {
    return (int) Native.call(SET_ENTRIES, map, entries, 0);
  }

  static int lookup(int mapFd, MemorySegment key, MemorySegment value) {
    return (int) Native.call(LOOKUP, mapFd, key.address(), value.address());
  }

  static int update(int mapFd, MemorySegment key, MemorySegment value, long flags) {
    return (int) Native.call(UPDATE, mapFd, key.address(), value.address(), flags, 0, 0);
  }

  static int delete(int mapFd, MemorySegment key) {
    return (int) Native.call(DELETE, mapFd, key.address(), 0);
  }

  /// Writes the key after `key` to `next`; the first for [MemorySegment#NULL].
  static int nextKey(int mapFd, MemorySegment key, MemorySegment next) {
    return (int) Native.call(NEXT_KEY, mapFd, key.address(), next.address());
  }

  static long loadKernelBtf() {
    return Native.call(LOAD_KERNEL_BTF, 0, 0, 0);
  }

  /// The id of a type; a negative errno if there is none.
  static int findBtfType(long btf, MemorySegment name, int kind) {
    return (int) Native.call(FIND_BTF_TYPE, btf, name.address(), kind);
  }

  static long btfType(long btf, int id) {
    return Native.call(BTF_TYPE, btf, id, 0);
  }

  static String btfName(long btf, int offset) {
    return text(Native.call(BTF_NAME, btf, offset, 0));
  }

  static void freeBtf(long btf) {
    Native.call(FREE_BTF, btf, 0, 0);
  }

  private static String text(long address) {
    return MemorySegment.ofAddress(address).reinterpret(Integer.MAX_VALUE).getString(0);
  }
}
