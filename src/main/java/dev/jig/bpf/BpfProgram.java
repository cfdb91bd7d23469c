package dev.jig.bpf;

import dev.jig.os.CgroupDirectory;
import dev.jig.os.Errno;
import dev.jig.os.Libc;
import dev.jig.os.Native;
import dev.jig.os.NativeException;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A loaded program, valid until its object is closed.
public final class BpfProgram {
  private static final int ITERATOR_BUFFER = 4096;

  private final long handle;
  private final String name;
  private final String section;

  BpfProgram(long handle, String name, String section) {
    this.handle = handle;
    this.name = name;
    this.section = section;
  }

  public String name() {
    return name;
  }

  /// The ELF section, which says where the program attaches, such as `cgroup_skb/egress`.
  public String section() {
    return section;
  }

  /// Whether the object's load will load the program.
  boolean isAutoload() {
    return Libbpf.autoload(handle);
  }

  void setAutoload(boolean autoload) {
    Libbpf.setAutoload(handle, autoload);
  }

  int fd() {
    return Libbpf.programFd(handle);
  }

  /// Attaches to a cgroup and its descendants, until the link is closed or the process ends.
  ///
  /// @throws NativeException if the kernel refuses
  public BpfLink attach(CgroupDirectory cgroup) {
    return link(Libbpf.attachCgroup(handle, cgroup.fd()), " to cgroup " + cgroup.path());
  }

  /// Attaches where the section says.
  ///
  /// @throws NativeException if the kernel refuses
  public BpfLink attach() {
    return link(Libbpf.attach(handle), "");
  }

  private BpfLink link(long link, String where) {
    if (link == 0) {
      int errno = Native.errno(); // before another call on this thread
      String action = "cannot attach " + name + " (" + section + ")" + where;
      throw Diagnosis.ofThisProcess().attachFailure(action, errno);
    }
    return new BpfLink(link);
  }

  /// Runs an iterator program (`iter/…`) to its end.
  ///
  /// @return what it wrote with bpf_seq_write()
  /// @throws NativeException if the kernel refuses
  public byte[] runIterator() {
    try (BpfLink link = attach();
        Arena arena = Arena.ofConfined()) {
      int fd = Libbpf.iterCreate(link.fd());
      if (fd < 0) {
        throw Diagnosis.ofThisProcess().attachFailure("cannot run iterator " + name, -fd);
      }
      try {
        return readToEnd(fd, arena.allocate(ITERATOR_BUFFER));
      } finally {
        Libc.close(fd);
      }
    }
  }

  private byte[] readToEnd(int fd, MemorySegment buffer) {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    long count;
    do {
      count = Libc.read(fd, buffer);
      for (long at = 0; at < count; at++) {
        output.write(buffer.get(ValueLayout.JAVA_BYTE, at));
      }
    } while (count > 0 || count < 0 && isRetryable(Native.errno()));
    if (count < 0) {
      throw NativeException.failed("iterator " + name + " failed", Native.errno());
    }
    return output.toByteArray();
  }

  /// read(2) returns EAGAIN after a million objects without output (kernel/bpf/bpf_iter.c).
  private static boolean isRetryable(int errno) {
    return errno == Errno.EAGAIN || errno == Errno.EINTR;
  }

  @Override
  public String toString() {
    return name + " (" + section + ")";
  }
}
