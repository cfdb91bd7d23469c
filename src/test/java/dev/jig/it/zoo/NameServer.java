package dev.jig.it.zoo;

import dev.jig.fixture.Command;
import dev.jig.fixture.NetworkHost;
import dev.jig.fixture.Programs;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// An installed server program at port 53 of a host, until closed.
final class NameServer implements Closeable {
  private static final int MAX_START_SECONDS = 60;
  private static final int MAX_END_SECONDS = 10;
  private static final int POLL_MS = 20;

  private final NetworkHost host;
  private final Process process;
  private final Path log;

  private NameServer(NetworkHost host, Process process, Path log) {
    this.host = host;
    this.process = process;
    this.log = log;
  }

  /// Starts a copy of an installed program, and returns once it responds: AppArmor's profiles match
  /// the installed path and would deny access to the folder.
  ///
  /// @param folder with its configuration; the program's current folder
  static NameServer start(NetworkHost host, Path folder, String program, String... arguments) {
    try {
      Path copy = Files.copy(Programs.find(program), folder.resolve(program));
      List<String> command = new ArrayList<>(List.of(copy.toString()));
      command.addAll(List.of(arguments));
      Path log = folder.resolve("log");
      Process process =
          new ProcessBuilder(host.inside(command))
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
      NameServer started = new NameServer(host, process, log);
      started.awaitResponse();
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Any response will do, a refusal as well.
  private void awaitResponse() {
    List<String> ask =
        host.inside(List.of("kdig", "+tcp", "+norecurse", "@" + host.ipv4(), "start.test"));
    long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(MAX_START_SECONDS);
    try {
      while (!Command.run(ask).out().contains("status:")) {
        if (!process.isAlive() || System.nanoTime() > deadlineNs) {
          String output = Files.readString(log);
          close();
          throw new AssertionError(host + ": the server does not start: " + output);
        }
        Thread.sleep(POLL_MS);
      }
    } catch (InterruptedException e) {
      close();
      throw new AssertionError("interrupted before a server responded", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Stops it as a debugger does: its sockets stay and receive.
  void freeze() {
    processes().forEach(id -> Command.run("kill", "-STOP", id).orThrow());
  }

  /// The line of a script that sends a signal, such as `STOP`.
  String signalLine(String signal) {
    return "kill -" + signal + " " + String.join(" ", processes());
  }

  private List<String> processes() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants())
        .map(each -> Long.toString(each.pid()))
        .toList();
  }

  /// SIGTERM first: a server that is killed leaves its child processes.
  @Override
  public void close() {
    processes().forEach(id -> Command.run("kill", "-CONT", id));
    process.destroy();
    try {
      if (!process.waitFor(MAX_END_SECONDS, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
