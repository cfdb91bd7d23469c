package dev.jig.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.event.Attribution;
import dev.jig.event.Owner;
import dev.jig.event.SearchSource;
import dev.jig.event.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Reads resolv.conf through a directory that looks like /proc.
final class ProcSearchListsTest {
  private static final long MOUNT_NS = 4026531841L;
  private static final SearchList EXPECTED =
      new SearchList(List.of("corp.example."), 2, SearchSource.FILE);

  private static final int MAX_POLLS = 500;

  @TempDir Path proc;

  @BeforeEach
  void addProcess() throws IOException {
    addProcess(7);
  }

  private void addProcess(int pid) throws IOException {
    Path process = proc.resolve(Integer.toString(pid));
    Files.createDirectories(process.resolve("ns"));
    Files.createDirectories(process.resolve("root/etc"));
    Files.createSymbolicLink(process.resolve("ns/mnt"), Path.of("mnt:[" + MOUNT_NS + "]"));
    Files.writeString(
        process.resolve("root/etc/resolv.conf"), "search corp.example\noptions ndots:2\n");
  }

  private static Subject process(int pid, int parent, long mountNs) {
    Owner owner = new Owner(pid, pid, 0, 0, "app", parent, "sh", mountNs, 1, 1, null);
    return new Subject(null, null, owner, Attribution.EXACT);
  }

  @Test
  void readsTheFileOfTheProcess() throws InterruptedException {
    assertIsRead(process(7, 1, MOUNT_NS));
  }

  @Test
  void readsThroughTheParentOfAProcessThatHasEnded() throws InterruptedException {
    assertIsRead(process(8, 7, MOUNT_NS));
  }

  /// As /etc/resolv.conf is with systemd-resolved; the kernel would follow it from this process's
  /// root.
  @Test
  void followsAbsoluteLinksBelowTheProcessesRoot() throws Exception {
    Path root = proc.resolve("7/root");
    Files.createDirectories(root.resolve("run/resolve"));
    Files.move(root.resolve("etc/resolv.conf"), root.resolve("run/resolve/stub"));
    Files.createSymbolicLink(root.resolve("etc/resolv.conf"), Path.of("/run/resolve/stub"));
    assertIsRead(process(7, 1, MOUNT_NS));
  }

  private void assertIsRead(Subject subject) throws InterruptedException {
    assertThat(await(new ProcSearchLists(proc), subject)).isEqualTo(EXPECTED);
  }

  @Test
  void aProcessOfAnotherMountNamespaceIsNotRead() throws InterruptedException {
    SearchLists lists = new ProcSearchLists(proc);
    assertThat(lists.of(process(7, 7, MOUNT_NS + 1))).isNull();
    assertThat(await(lists, process(7, 1, MOUNT_NS))).isEqualTo(EXPECTED);
    assertThat(lists.of(process(7, 7, MOUNT_NS + 1))).isNull();
    assertThat(lists.of(Subject.UNKNOWN)).isNull();
  }

  /// The file is read on another thread.
  private static @Nullable SearchList await(SearchLists lists, Subject subject)
      throws InterruptedException {
    SearchList list = lists.of(subject);
    for (int i = 0; list == null && i < MAX_POLLS; i++) {
      TimeUnit.MILLISECONDS.sleep(20);
      list = lists.of(subject);
    }
    return list;
  }
}
