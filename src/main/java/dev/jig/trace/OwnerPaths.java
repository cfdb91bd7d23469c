package dev.jig.trace;

import dev.jig.container.Proc;
import dev.jig.event.Owner;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/// Adds what /proc says of a process: executable and working directory. Owners that repeat are asked
/// once; the kernel side reports an exec as another owner, for comm changes with it.
final class OwnerPaths implements UnaryOperator<Owner> {
  private static final int MAX_KNOWN = 1024;

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
    return known.computeIfAbsent(owner, OwnerPaths::ask);
  }

  private static Owner ask(Owner owner) {
    Owner.Paths paths = Proc.paths(owner.pid(), owner.startTimeNs());
    return paths == null ? owner : owner.with(paths);
  }
}
