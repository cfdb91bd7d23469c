package dev.jig.it.servers;

import dev.jig.fixture.Command;
import dev.jig.fixture.Prerequisite;
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

/// A network namespace with nothing in it but loopback, and a folder: both go with all that was
/// started there.
final class Namespace implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 30;
  private static final int LOOK_AGAIN_MS = 20;

  private final String name;
  private final Path folder;
  private final List<Process> processes = new ArrayList<>();

  private Namespace(String name, Path folder) {
    this.name = name;
    this.folder = folder;
  }

  /// One whose loopback carries packets of at most so many bytes, none of them put together by the
  /// kernel from several segments.
  static Namespace create(int mtu) {
    Prerequisite.requireRoot();
    try {
      Path folder = Files.createTempDirectory("jig-servers");
      // Servers that have given up root must get there.
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      String name = folder.getFileName().toString();
      Command.run("ip", "netns", "add", name).orThrow();
      Namespace created = new Namespace(name, folder);
      created.setLoopback("gso_max_segs", "1");
      created.setMtu(mtu);
      created.setLoopback("up");
      return created;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// From now on loopback carries packets of at most so many bytes; below 1,280 none of IPv6.
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

  /// Starts a program of the system, all it prints in a file. It runs from a copy, since profiles
  /// of AppArmor hold for paths and would forbid the folder.
  Running start(String program, String... arguments) {
    try {
      Path copy = folder.resolve(program);
      if (!Files.exists(copy)) {
        Files.copy(Tools.find(program), copy);
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

  /// A program at work.
  record Running(String program, Process process, Path log) {

    /// Waits for something that the program does.
    void await(String what, BooleanSupplier done) {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      try {
        while (!done.getAsBoolean()) {
          if (!process.isAlive() || System.nanoTime() > deadline) {
            throw new AssertionError(program + ": not " + what + "\n" + said());
          }
          Thread.sleep(LOOK_AGAIN_MS);
        }
      } catch (InterruptedException e) {
        throw new AssertionError("interrupted while awaiting " + program, e);
      }
    }

    String said() {
      try {
        return Files.readString(log);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /// Ctrl-C, and its end.
    void interrupt() {
      Command.run("kill", "-INT", Long.toString(process.pid())).orThrow();
      try {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          throw new AssertionError(program + " does not end\n" + said());
        }
      } catch (InterruptedException e) {
        throw new AssertionError("interrupted while ending " + program, e);
      }
    }
  }

  /// Asks first: a server that is killed leaves its own children.
  private static void end(List<Process> processes) {
    processes.forEach(Process::destroy);
    for (Process process : processes) {
      try {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
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
