package dev.jig.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A build of Jig.
///
/// @param form how it is run
/// @param command starts `ig`
record Build(Form form, List<String> command) {
  /// How a build is run.
  enum Form {
    /// By the launcher of the tarball, with its Java runtime and its JVM flags.
    PACKAGED("tarball"),
    /// As bin/ig runs the classes of a checkout.
    CHECKOUT("checkout");

    final String title;

    Form(String title) {
      this.title = title;
    }
  }

  /// The builds in a checkout or an unpacked tarball, the packaged one first.
  static List<Build> in(Path folder) throws IOException {
    Path root = folder.toRealPath();
    List<Build> builds = new ArrayList<>();
    for (Path launcher : List.of(root.resolve("ig"), root.resolve("target/dist/ig"))) {
      if (Files.isExecutable(launcher) && Files.isDirectory(launcher.resolveSibling("lib"))) {
        builds.add(new Build(Form.PACKAGED, List.of(launcher.toString())));
      }
    }
    if (Files.isDirectory(root.resolve("target/classes/dev/jig"))
        && Files.isDirectory(root.resolve("target/lib"))) {
      builds.add(new Build(Form.CHECKOUT, checkoutCommand(root)));
    }
    return builds;
  }

  /// bin/ig's command without its check whether the sources have changed.
  private static List<String> checkoutCommand(Path root) {
    List<String> command = new ArrayList<>();
    // A job in a script's background ignores SIGINT, and its child processes inherit that.
    command.addAll(List.of("env", "--default-signal=INT"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String options :
        List.of("bin/heap.options", "bin/java.options", "src/main/dist/compiler.options")) {
      if (Files.exists(root.resolve(options))) { // an earlier build may lack some
        command.add("@" + root.resolve(options));
      }
    }
    command.addAll(
        List.of(
            "-cp",
            root.resolve("target/classes") + ":" + root.resolve("target/lib") + "/*",
            "dev.jig.cli.Ig"));
    return command;
  }
}
