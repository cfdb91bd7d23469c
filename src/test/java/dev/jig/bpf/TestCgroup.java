package dev.jig.bpf;

import dev.jig.os.CgroupDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A new cgroup below the root.
final class TestCgroup implements AutoCloseable {
  private final Path path;
  private final CgroupDirectory directory;

  TestCgroup() throws IOException {
    try (CgroupDirectory root = CgroupDirectory.root()) {
      path = Files.createTempDirectory(root.path(), "jig-test-");
      directory = CgroupDirectory.open(path);
    }
  }

  CgroupDirectory directory() {
    return directory;
  }

  /// Sends one datagram from the cgroup to port 9 of 127.0.0.1.
  void sendDatagram() throws IOException, InterruptedException {
    int code =
        new ProcessBuilder(
                "bash", "-c", "echo $$ > " + path + "/cgroup.procs; echo x > /dev/udp/127.0.0.1/9")
            .inheritIO()
            .start()
            .waitFor();
    if (code != 0) {
      throw new IOException("no datagram sent: " + code);
    }
  }

  @Override
  public void close() throws IOException {
    directory.close();
    Files.delete(path);
  }
}
