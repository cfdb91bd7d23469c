package dev.jig.bpf;

/// A program's attachment (struct bpf_link). The kernel detaches the program when the link's last
/// file descriptor closes, also when the process is killed.
public final class BpfLink implements AutoCloseable {
  private long handle;

  BpfLink(long handle) {
    this.handle = handle;
  }

  int fd() {
    return Libbpf.linkFd(handle);
  }

  /// Detaches the program, which may still be running on another CPU ([GracePeriod]).
  @Override
  public void close() {
    if (handle != 0) {
      Libbpf.destroyLink(handle);
      handle = 0;
    }
  }
}
