package dev.jig.it.live;

import dev.jig.fixture.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// An unbound that forwards every query.
record Unbound(Process process) implements AutoCloseable {
  private static final int MAX_START_SECONDS = 30;
  private static final int POLL_MS = 20;

  /// Starts one at port 53 of an address of this machine that forwards to port 53 of another.
  ///
  /// @param folder for its files, and for a copy of the program: AppArmor's profile of the
  ///   installed one would deny access to the folder
  static Unbound start(Path folder, String address, String upstream)
      throws IOException, InterruptedException {
    Path config = folder.resolve("unbound.conf");
    Files.writeString(config, config(folder, address, upstream));
    Path copy = Files.copy(Programs.find("unbound"), folder.resolve("unbound"));
    Path log = folder.resolve("unbound.log");
    Unbound started =
        new Unbound(
            new ProcessBuilder(copy.toString(), "-d", "-c", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start());
    long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(MAX_START_SECONDS);
    while (!Files.readString(log).contains("start of service")) {
      if (!started.process.isAlive() || System.nanoTime() > deadlineNs) {
        started.close();
        throw new AssertionError("unbound does not start: " + Files.readString(log));
      }
      Thread.sleep(POLL_MS);
    }
    return started;
  }

  /// It waits long for its upstream, so that it repeats no query on a busy machine.
  private static String config(Path folder, String address, String upstream) {
    return """
    server:
      interface: %s
      access-control: 127.0.0.0/8 allow
      do-not-query-localhost: no
      do-daemonize: no
      use-syslog: no
      logfile: ""
      verbosity: 1
      username: ""
      chroot: ""
      directory: "%s"
      pidfile: ""
      module-config: "iterator"
      num-threads: 1
      unknown-server-time-limit: 10000
      local-zone: "test." nodefault
    remote-control:
      control-enable: no
    forward-zone:
      name: "."
      forward-addr: %s
    """
        .formatted(address, folder, upstream);
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
