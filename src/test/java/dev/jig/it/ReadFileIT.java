package dev.jig.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Command;
import dev.jig.fixture.IgProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The real stdout and stderr of `--read`, which the golden tests do not cover.
class ReadFileIT {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  @Test
  void printsRowsOnStdoutAndTheRestOnStderr() throws IOException {
    Path capture = GOLDEN.resolve("truncated-file.pcap");

    Command.Result run = IgProcess.run("trace", "dns", "--read", capture.toString(), "-o", "json");

    assertThat(run.out()).isEqualTo(Files.readString(GOLDEN.resolve("truncated-file.-o_json.txt")));
    assertThat(run.err()).contains("cut off?");
    assertThat(run.exitCode()).isEqualTo(1);
  }
}
