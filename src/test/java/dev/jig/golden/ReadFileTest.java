package dev.jig.golden;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.cli.IgInProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `--read` with damaged, missing and foreign files and with stdin, and its last line.
class ReadFileTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  @TempDir Path folder;

  private static byte[] golden(String name) throws IOException {
    return Files.readAllBytes(GOLDEN.resolve(name));
  }

  private static IgInProcess read(Path file, String... more) throws IOException {
    return read(new byte[0], file.toString(), more);
  }

  private static IgInProcess read(byte[] stdin, String file, String... more) throws IOException {
    String[] words = Arrays.copyOf(new String[] {"trace", "dns", "--read", file}, 4 + more.length);
    System.arraycopy(more, 0, words, 4, more.length);
    return IgInProcess.run(stdin, words);
  }

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  @Test
  void printsRowsBeforeATruncationAndReportsItsOffset() throws IOException {
    Path cut = GOLDEN.resolve("truncated-file.pcap");

    IgInProcess run = read(cut, "-o", "columns=qr,name");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.lines()).hasSize(2).last().asString().startsWith("Q  www.example.org.");
    assertThat(run.stderr().lines())
        .containsExactly(
            "1 packet read: 1 row, 0 filtered, 1 still waiting for an answer",
            "ig: "
                + cut
                + ": byte "
                + Files.size(cut)
                + ": the file ends within the packet that begins at byte 115; cut off?");
  }

  @Test
  void printsRowsBeforeDamage() throws IOException {
    // Given a second packet that claims 2 GB
    byte[] bytes = golden("cname-chain.pcap");
    int second = 24 + 16 + (bytes[24 + 8] & 0xff);
    bytes[second + 11] = 0x7f;

    IgInProcess run = read(file("damaged.pcap", bytes), "-o", "json");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.lines()).hasSize(1);
    assertThat(run.stderr())
        .contains("damaged.pcap: byte " + second + ": a packet of ")
        .contains("captured bytes, more than the ");
  }

  @Test
  void printsTRowsDueBeforeTheDamage() throws IOException {
    byte[] whole = golden("unanswered.pcap");
    Path cut = file("cut.pcap", Arrays.copyOf(whole, whole.length - 1));

    IgInProcess run = read(cut, "-o", "columns=qr");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.lines()).containsExactly("QR", "Q ", "T ", "Q ");
  }

  @Test
  void hintsAtDecompression() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(golden("aaaa.pcap"));
    }

    IgInProcess run = read(file("packed.pcap.gz", packed.toByteArray()));

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.rows()).isEmpty();
    assertThat(run.stderr())
        .isEqualTo(
            "ig: "
                + folder.resolve("packed.pcap.gz")
                + ": byte 0: compressed by gzip; unpack it first:"
                + " gzip -dc FILE | ig trace dns --read -.\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|the file is empty, not even a capture file's header is there",
        "abc|too short for a capture file: 61 62 63 is all of it",
        "no capture|begins with 6e 6f 20 63, which is neither pcap nor pcapng"
      })
  void rejectsForeignFiles(String content, String sentence) throws IOException {
    Path file = file("strange", content.getBytes(US_ASCII));

    IgInProcess run = read(file);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.rows()).isEmpty();
    assertThat(run.stderr()).isEqualTo("ig: " + file + ": byte 0: " + sentence + ".\n");
  }

  @Test
  void reportsAMissingFile() throws IOException {
    Path missing = folder.resolve("missing.pcap");

    IgInProcess run = read(missing);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.stderr())
        .isEqualTo("ig: cannot read " + missing + ": no such file or directory, check its path.\n");
  }

  @Test
  void reportsADirectory() throws IOException {
    IgInProcess run = read(folder);

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.stderr()).isEqualTo("ig: cannot read " + folder + ": Is a directory.\n");
  }

  @Test
  void readsStdin() throws IOException {
    IgInProcess run = read(golden("nxdomain.pcap"), "-", "-o", "json");

    assertThat(run.exitCode()).isZero();
    assertThat(run.rows()).isEqualTo(Files.readString(GOLDEN.resolve("nxdomain.-o_json.txt")));
  }

  @Test
  void namesStdinInErrors() throws IOException {
    IgInProcess run = read(new byte[0], "-");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.stderr()).startsWith("ig: stdin: byte 0: the file is empty");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--host", "-c=web", "-c=!web", "--containername=0123456789ab"})
  void showsAllRowsOfAFileWithoutContainers(String flag) throws IOException {
    IgInProcess run = read(GOLDEN.resolve("aaaa.pcap"), flag, "-o", "json");

    assertThat(run.exitCode()).isZero();
    assertThat(run.rows()).isEqualTo(Files.readString(GOLDEN.resolve("aaaa.-o_json.txt")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cname-chain.pcap|2 packets read: 2 rows, 0 filtered",
        "malformed.pcap|5 packets read: 4 rows, 0 filtered, 1 still waiting for an answer, 1 malformed, 2 malformed in part",
        "tcp.pcap|9 packets read: 2 rows, 0 filtered, 7 without data",
        "tcp-two-messages-a-segment.pcap|9 packets read: 4 rows, 0 filtered, 7 without data",
        "unanswered.pcap|3 packets read: 3 rows, 1 unanswered, 0 filtered",
        "pending-at-end.pcap|1 packet read: 1 row, 0 filtered, 1 still waiting for an answer",
        "multicast.pcap|4 packets read: 3 rows, 0 filtered, 1 not DNS"
      })
  void countsEveryPacketInTheLastLine(String capture, String line) throws IOException {
    assertThat(read(GOLDEN.resolve(capture)).stderr()).isEqualTo(line + "\n");
  }

  @Test
  void countsFilteredRows() throws IOException {
    IgInProcess run = read(GOLDEN.resolve("cname-chain.pcap"), "-F", "qr:R");

    assertThat(run.stderr()).isEqualTo("2 packets read: 1 row, 1 filtered\n");
  }

  @Test
  void appliesStrictRulesToOtherPortsWithAny() throws IOException {
    IgInProcess run = read(GOLDEN.resolve("other-ports.pcap"), "-P", "any");

    assertThat(run.stderr())
        .isEqualTo(
            "4 packets read: 3 rows, 0 filtered, 1 still waiting for an answer, 1 not DNS\n");
  }

  @Test
  void rejectsAnInvalidFilterBeforeOpeningTheFile() throws IOException {
    IgInProcess run = read(folder.resolve("missing.pcap"), "-F", "colour:red");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.stderr()).contains("colour").doesNotContain("missing.pcap");
  }
}
