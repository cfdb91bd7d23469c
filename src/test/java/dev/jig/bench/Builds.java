package dev.jig.bench;

import dev.jig.fixture.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The builds that are measured: those of this checkout, and those that `--baseline` names.
///
/// @param now the packaged one first
/// @param before empty without `--baseline`
record Builds(List<Build> now, List<Build> before) {

  /// @param work where a tarball is unpacked
  /// @param baseline checkout, unpacked tarball, or tarball
  static Builds find(Path work, Optional<Path> baseline) throws IOException {
    List<Build> now = Build.in(Path.of(""));
    if (now.isEmpty()) {
      throw new IllegalArgumentException("this checkout is not built");
    }
    if (baseline.isEmpty()) {
      return new Builds(now, List.of());
    }
    Path folder = baseline.get();
    List<Build> before = Build.in(Files.isDirectory(folder) ? folder : unpack(work, folder));
    if (before.isEmpty()) {
      throw new IllegalArgumentException(
          folder + " is neither a built checkout nor a tarball of Jig");
    }
    return new Builds(now, before);
  }

  /// The packaged build if there is one.
  Build preferred() {
    return now.getFirst();
  }

  /// The build to compare with the preferred one, of the same form if there is one.
  Optional<Build> baseline() {
    return baselineOf(preferred());
  }

  /// The build to compare with one of [#now], of the same form if there is one.
  Optional<Build> baselineOf(Build build) {
    return before.stream()
        .filter(other -> other.form() == build.form())
        .findFirst()
        .or(() -> before.stream().findFirst());
  }

  private static Path unpack(Path work, Path tarball) throws IOException {
    Path folder = Files.createDirectory(work.resolve("baseline"));
    Command.run("tar", "-xzf", tarball.toString(), "-C", folder.toString()).orThrow();
    try (Stream<Path> content = Files.list(folder)) {
      return content.findFirst().orElse(folder);
    }
  }
}
