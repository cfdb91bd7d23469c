package dev.jig.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class BorrowedFileTest {
  private static final int OWN_PID = (int) ProcessHandle.current().pid();

  @Test
  void duplicatesADescriptorOfTheSameFile() throws IOException {
    Pipe pipe = Pipe.open();
    try (var source = pipe.source();
        var sink = pipe.sink()) {
      int remoteFd = descriptors().getLast();
      try (BorrowedFile file = BorrowedFile.open(OWN_PID, remoteFd).orElseThrow()) {
        assertThat(source.isOpen() && sink.isOpen()).isTrue();
        assertThat(file.fd()).isNotEqualTo(remoteFd);
        assertThat(target(file.fd())).isEqualTo(target(remoteFd));
        assertThat(target(remoteFd)).endsWith("[" + file.inode() + "]");
      }
    }
  }

  @Test
  void isEmptyIfTheDescriptorOrTheProcessIsGone() {
    Optional<BorrowedFile> noDescriptor = BorrowedFile.open(OWN_PID, 1 << 30);
    Optional<BorrowedFile> noProcess = BorrowedFile.open(Integer.MAX_VALUE, 0);

    assertThat(noDescriptor).isEmpty();
    assertThat(noProcess).isEmpty();
  }

  /// This process's descriptors of pipes, in ascending order.
  private static List<Integer> descriptors() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.map(path -> Integer.valueOf(path.getFileName().toString()))
          .filter(fd -> target(fd).startsWith("pipe:"))
          .sorted()
          .toList();
    }
  }

  private static String target(int fd) {
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString();
    } catch (IOException gone) {
      return "";
    }
  }
}
