package dev.jig.it.servers;

import dev.jig.fixture.Command;
import dev.jig.fixture.Prerequisite;
import dev.jig.fixture.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/// A network namespace with only a loopback interface, and a folder. Closing deletes both and stops
/// all programs started there.
final class Namespace implements AutoCloseable {
  private static final int TIMEOUT_SECONDS = 30;
  private static final int POLL_MS = 20;

  private final String name;
  private final Path folder;
  private final List<Process> processes = new ArrayList<>();

  private Namespace(String name, Path folder) {
    this.name = name;
    this.folder = folder;
  }

  /// Sockets in the namespace hold any DNS message over TCP, 65,537 bytes, as data to send: nsd 4
  /// does not resume a response after a write(2) that the socket took only in part, and the client
  /// then waits until its timeout. The three values of tcp_wmem: least, initial and greatest bytes.
  private static final String SEND_BUFFER =
      "echo 65536 4194304 8388608 >/proc/sys/net/ipv4/tcp_wmem";

  /// Its loopback carries packets of up to `mtu` bytes; the kernel merges no segments.
  static Namespace create(int mtu) {
    Prerequisite.requireRoot();
    try {
      Path folder = Files.createTempDirectory("jig-servers");
      // Servers that drop root need access.
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      String name = folder.getFileName().toString();
      Command.run("ip", "netns", "add", name).orThrow();
      Namespace created = new Namespace(name, folder);
      created.setLoopback("gso_max_segs", "1");
      created.setMtu(mtu);
      created.run("sh", "-c", SEND_BUFFER).orThrow();
      created.setLoopback("up");
      return created;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Sets loopback's MTU in bytes; below 1,280 it carries no IPv6.
  void setMtu(int mtu) {
    setLoopback("mtu", Integer.toString(mtu));
  }

  private void setLoopback(String... words) {
    List<String> command = new ArrayList<>(List.of("ip", "-n", name, "link", "set", "lo"));
    command.addAll(List.of(words));
    Command.run(command).orThrow();
  }

  Path folder() {
    return folder;
  }

  /// Writes a file of the folder.
  Path write(String file, String text) {
    try {
      return Files.writeString(folder.resolve(file), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Runs a command to its end.
  Command.Result run(String... command) {
    return run(List.of(command));
  }

  Command.Result run(List<String> command) {
    return Command.run(inside(command));
  }

  private List<String> inside(List<String> command) {
    List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", name));
    words.addAll(command);
    return words;
  }

  /// Starts a copy of an installed program with its output in a file: AppArmor's profiles match the
  /// installed path and would deny access to the folder.
  Running start(String program, String... arguments) {
    try {
      Path copy = folder.resolve(program);
      if (!Files.exists(copy)) {
        Files.copy(Programs.find(program), copy);
      }
      List<String> command = new ArrayList<>(List.of(copy.toString()));
      command.addAll(List.of(arguments));
      Path log = Files.createTempFile(folder, program, ".log");
      Process process =
          new ProcessBuilder(inside(command))
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      process.getOutputStream().close();
      processes.add(process);
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      return new Running(program, process, log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A running program.
  record Running(String program, Process process, Path log) {

    /// Waits up to 30 s until `done`; fails earlier if the program ends.
    void await(String what, BooleanSupplier done) {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
      try {
        while (!done.getAsBoolean()) {
          if (!process.isAlive() || System.nanoTime() > deadline) {
            throw new AssertionError(program + ": not " + what + "\n" + output());
          }
          Thread.sleep(POLL_MS);
        }
      } catch (InterruptedException e) {
        throw new AssertionError("interrupted while awaiting " + program, e);
      }
    }

    String output() {
      try {
        return Files.readString(log);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /// Sends SIGINT and waits for the end.
    void interrupt() {
      Command.run("kill", "-INT", Long.toString(process.pid())).orThrow();
      try {
        if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
          throw new AssertionError(program + " does not end\n" + output());
        }
      } catch (InterruptedException e) {
        throw new AssertionError("interrupted while ending " + program, e);
      }
    }
  }

  /// SIGTERM first: a server that is killed leaves its child processes.
  private static void end(List<Process> processes) {
    processes.forEach(Process::destroy);
    for (Process process : processes) {
      try {
        if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        throw new AssertionError("interrupted while ending servers", e);
      }
    }
  }

  @Override
  public void close() {
    end(processes);
    Command.run("ip", "netns", "delete", name).orThrow();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
