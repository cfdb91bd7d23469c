package dev.jig.bpf;

/// A program's place in the kernel. The kernel takes it away when the last file descriptor closes,
/// which a killed process cannot avoid.
public final class BpfLink implements AutoCloseable {
  private long handle;

  BpfLink(long handle) {
    this.handle = handle;
  }

  int fd() {
    return Libbpf.linkFd(handle);
  }

  /// Detaches the program; runs of it that have begun may still be going on ([GracePeriod]).
  @Override
  public void close() {
    if (handle != 0) {
      Libbpf.destroyLink(handle);
      handle = 0;
    }
  }
}
