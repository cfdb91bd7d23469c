package dev.jig.trace;

import dev.jig.container.Proc;
import dev.jig.event.Owner;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/// Adds what /proc says of a process: executable and working directory. Owners that repeat are
/// asked once a second, for an exec or chdir need not change anything else.
final class OwnerPaths implements UnaryOperator<Owner> {
  private static final int MAX_KNOWN = 1024;
  private static final long FRESH_NS = 1_000_000_000;

  private final Proc proc = new Proc(Path.of("/proc"));
  private long clearedNs = System.nanoTime();

  private final Map<Owner, Owner> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Owner, Owner> eldest) {
          return size() > MAX_KNOWN;
        }
      };

  @Override
  public Owner apply(Owner owner) {
    long nowNs = System.nanoTime();
    if (nowNs - clearedNs > FRESH_NS) {
      clearedNs = nowNs;
      known.clear();
    }
    return known.computeIfAbsent(owner, this::ask);
  }

  private Owner ask(Owner owner) {
    Owner.Paths paths = proc.paths(owner.pid(), owner.startTimeNs());
    return paths == null ? owner : owner.with(paths);
  }
}
