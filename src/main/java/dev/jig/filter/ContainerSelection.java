package dev.jig.filter;

import dev.jig.event.Container;
import dev.jig.event.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Whose rows `-c` and `--host` let through.
///
/// `-c` names containers, or excludes them with `!`; without a name to include, all not excluded
/// pass. An entry of 12 or more hex digits also means ids that begin so. `--host` lets processes
/// outside containers through too, whatever `-c` says of containers.
public final class ContainerSelection {
  private static final Pattern ID = Pattern.compile("[0-9a-fA-F]{12,64}");

  /// What becomes of a container's rows.
  public enum Verdict {
    PASS,
    SKIP,
    /// The container's name decides and is not known yet.
    UNDECIDED_NAME
  }

  private record Entry(String name, @Nullable String idPrefix) {
    boolean matchesId(Container container) {
      return idPrefix != null && container.id().startsWith(idPrefix);
    }

    boolean matches(Container container) {
      return matchesId(container) || name.equals(container.name());
    }

    /// Whether only a name can tell; what looks like an id is compared as one meanwhile.
    boolean needsName() {
      return idPrefix == null;
    }
  }

  private final List<Entry> included = new ArrayList<>();
  private final List<Entry> excluded = new ArrayList<>();
  private final boolean host;

  private ContainerSelection(boolean host) {
    this.host = host;
  }

  /// Reads `-c` (null or empty: every container) and `--host`.
  ///
  /// @throws UsageException for an entry without a name
  public static ContainerSelection parse(@Nullable String containers, boolean host) {
    ContainerSelection selection = new ContainerSelection(host);
    if (containers != null && !containers.isBlank()) {
      for (String part : containers.split(",", -1)) {
        selection.add(part.strip(), containers);
      }
    }
    return selection;
  }

  private void add(String part, String containers) {
    boolean exclude = part.startsWith("!");
    String name = exclude ? part.substring(1) : part;
    if (name.isEmpty()) {
      throw new UsageException(
          "There is an empty name in the containers \"" + containers + "\".",
          "Write names or ids separated by commas, !name to exclude one.");
    }
    boolean isId = ID.matcher(name).matches();
    Entry entry = new Entry(name, isId ? name.toLowerCase(Locale.ROOT) : null);
    (exclude ? excluded : included).add(entry);
  }

  /// What becomes of the rows of `container`, null for a process outside containers.
  public Verdict verdict(@Nullable Container container) {
    if (container == null) {
      return host ? Verdict.PASS : Verdict.SKIP;
    }
    return container.name() == null ? ofUnnamed(container) : ofNamed(container);
  }

  /// Whether nothing in here depends on which container it is.
  public boolean isEveryContainer() {
    return included.isEmpty() && excluded.isEmpty();
  }

  private static boolean anyMatches(List<Entry> entries, Container container) {
    return entries.stream().anyMatch(entry -> entry.matches(container));
  }

  private Verdict ofNamed(Container container) {
    boolean in = included.isEmpty() || anyMatches(included, container);
    return in && !anyMatches(excluded, container) ? Verdict.PASS : Verdict.SKIP;
  }

  private Verdict ofUnnamed(Container container) {
    if (excluded.stream().anyMatch(entry -> entry.matchesId(container))) {
      return Verdict.SKIP;
    }
    boolean in = included.isEmpty() || anyMatches(included, container);
    if (!in) {
      return included.stream().anyMatch(Entry::needsName) ? Verdict.UNDECIDED_NAME : Verdict.SKIP;
    }
    return excluded.stream().anyMatch(Entry::needsName) ? Verdict.UNDECIDED_NAME : Verdict.PASS;
  }
}
