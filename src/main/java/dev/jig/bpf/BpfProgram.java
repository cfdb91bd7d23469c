package dev.jig.bpf;

import dev.jig.os.NativeException;
import dev.jig.os.CgroupDirectory;
import dev.jig.os.Errno;
import dev.jig.os.Libc;
import dev.jig.os.Native;
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

  /// Where it belongs in the kernel, such as `cgroup_skb/egress`.
  public String section() {
    return section;
  }

  /// Whether it is to be loaded; decided before that.
  boolean isAutoload() {
    return Libbpf.autoload(handle);
  }

  void setAutoload(boolean wanted) {
    Libbpf.setAutoload(handle, wanted);
  }

  int fd() {
    return Libbpf.programFd(handle);
  }

  /// Attaches to a cgroup and all below it, until the link is closed or the process is gone.
  ///
  /// @throws NativeException if refused
  public BpfLink attach(CgroupDirectory cgroup) {
    return link(Libbpf.attachCgroup(handle, cgroup.fd()), " to cgroup " + cgroup.path());
  }

  /// Attaches where the section says.
  ///
  /// @throws NativeException if refused
  public BpfLink attach() {
    return link(Libbpf.attach(handle), "");
  }

  private BpfLink link(long link, String where) {
    if (link == 0) {
      int errno = Native.errno(); // before anything else runs on this thread
      String tried = "cannot attach " + name + " (" + section + ")" + where;
      throw Diagnosis.ofThisProcess().attachFailure(tried, errno);
    }
    return new BpfLink(link);
  }

  /// Runs an iterator (`iter/…`) once, to its end.
  ///
  /// @return all it printed
  /// @throws NativeException if refused
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
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    long count;
    do {
      count = Libc.read(fd, buffer);
      for (long at = 0; at < count; at++) {
        printed.write(buffer.get(ValueLayout.JAVA_BYTE, at));
      }
    } while (count > 0 || count < 0 && again(Native.errno()));
    if (count < 0) {
      throw NativeException.failed("iterator " + name + " broke off", Native.errno());
    }
    return printed.toByteArray();
  }

  /// EAGAIN comes after a million objects that printed nothing (kernel/bpf/bpf_iter.c).
  private static boolean again(int errno) {
    return errno == Errno.EAGAIN || errno == Errno.EINTR;
  }

  @Override
  public String toString() {
    return name + " (" + section + ")";
  }
}
