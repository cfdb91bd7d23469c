package dev.jig.names;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.jig.event.Owner;
import dev.jig.event.SearchSource;
import dev.jig.event.Subject;
import dev.jig.table.Lru;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The search lists of /proc/PID/root/etc/resolv.conf: one for each mount namespace, read through
/// the process that asks first, its parent, this one or the first of the host, and read again every
/// 10 s. If none of them can be read (EPERM, ENOENT), the list that was read before stays.
///
/// Files are read on a thread of their own: what a container mounts there may block.
public final class ProcSearchLists implements SearchLists {
  static final int MAX_NAMESPACES = 4_096;
  private static final int MAX_QUEUED = 256;
  private static final int MAX_FILE = 65_536;
  private static final int MAX_LINKS = 8;
  private static final long REREAD_NS = 10_000_000_000L;
  private static final long RETRY_NS = 100_000_000;
  private static final Path RESOLV_CONF = Path.of("etc/resolv.conf");

  /// The state of one mount namespace.
  private static final class Entry {
    volatile @Nullable SearchList list;
    volatile boolean isReading;

    /// On the clock of [System#nanoTime].
    volatile long dueNs = System.nanoTime();

    /// The process that could not be read last; 0: none.
    volatile int failedPid;
  }

  private final Path proc;
  private final ThreadPoolExecutor reader;
  private final Lru<Long, Entry> byNamespace = new Lru<>(MAX_NAMESPACES);

  /// @param proc a mount of procfs in the host's pid namespace
  public ProcSearchLists(Path proc) {
    this.proc = proc;
    this.reader =
        new ThreadPoolExecutor(
            0,
            1,
            1,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_QUEUED),
            task -> Thread.ofPlatform().daemon().name("resolv-conf").unstarted(task));
    reader.execute(() -> readFile(proc.resolve("self"), 0)); // loads classes
  }

  @Override
  public @Nullable SearchList of(Subject subject) {
    Owner owner = subject.owner();
    if (owner == null || owner.mountNs() == 0) {
      return null;
    }
    Entry entry = byNamespace.computeIfAbsent(owner.mountNs(), _ -> new Entry());
    int failed = entry.failedPid;
    boolean isDue = System.nanoTime() - entry.dueNs >= 0 || failed != 0 && failed != owner.pid();
    if (isDue && !entry.isReading) {
      startReading(entry, owner);
    }
    return entry.list;
  }

  private void startReading(Entry entry, Owner owner) {
    entry.isReading = true;
    try {
      reader.execute(() -> read(entry, owner));
    } catch (RejectedExecutionException e) {
      entry.isReading = false; // with the next query
    }
  }

  private void read(Entry entry, Owner owner) {
    SearchList read = null;
    for (String process : List.of("" + owner.pid(), "" + owner.ppid(), "self", "1")) {
      read = read == null ? readFile(proc.resolve(process), owner.mountNs()) : read;
    }
    if (read != null) {
      entry.list = read;
    }
    entry.failedPid = read == null ? owner.pid() : 0;
    entry.dueNs = System.nanoTime() + (read == null ? RETRY_NS : REREAD_NS);
    entry.isReading = false;
  }

  /// Null if the process is gone, is in another mount namespace, or cannot be read.
  private static @Nullable SearchList readFile(Path process, long mountNs) {
    try {
      String namespace = Files.readSymbolicLink(process.resolve("ns/mnt")).toString();
      Path file = resolve(process.resolve("root"));
      if (!namespace.equals("mnt:[" + mountNs + "]") || !Files.isRegularFile(file)) {
        return null;
      }
      try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
        String text = new String(in.readNBytes(MAX_FILE), ISO_8859_1);
        return ResolvConf.parse(text.lines().toList(), SearchSource.FILE);
      }
    } catch (IOException e) {
      return null;
    }
  }

  /// Follows symbolic links of the file below the process's root: the kernel would follow absolute
  /// ones from this program's.
  private static Path resolve(Path root) throws IOException {
    Path file = root.resolve(RESOLV_CONF);
    for (int i = 0; i < MAX_LINKS && Files.isSymbolicLink(file); i++) {
      Path target = Files.readSymbolicLink(file);
      file =
          target.isAbsolute()
              ? root.resolve(target.toString().substring(1))
              : file.resolveSibling(target);
    }
    return file;
  }
}
