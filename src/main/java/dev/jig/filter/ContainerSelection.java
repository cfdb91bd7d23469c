package dev.jig.filter;

import dev.jig.event.Container;
import dev.jig.event.Container.Pod;
import dev.jig.event.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Whose rows are let through: of which containers and pods, and whether those of the host.
///
/// Containers are named, or excluded with `!`; without a name to include, all not excluded pass. An
/// entry of 12 or more hex digits also means ids that begin so. A namespace, a pod's name and a
/// selector of labels narrow that down to pods. Processes outside containers pass if the host is
/// asked for, whatever is said of containers.
public final class ContainerSelection {
  private static final Pattern ID = Pattern.compile("[0-9a-fA-F]{12,64}");

  /// What becomes of a container's rows.
  public enum Match {
    PASS,
    SKIP,
    /// The container's or its pod's name or labels decide and are not known yet.
    NEEDS_NAME;

    /// Of two demands that must both be met.
    Match and(Match other) {
      if (this == SKIP || other == SKIP) {
        return SKIP;
      }
      return this == NEEDS_NAME ? NEEDS_NAME : other;
    }

    private static Match of(boolean wanted) {
      return wanted ? PASS : SKIP;
    }
  }

  private record NameOrId(String name, @Nullable String idPrefix) {
    boolean matchesId(Container container) {
      return idPrefix != null && container.id().startsWith(idPrefix);
    }

    boolean matches(Container container) {
      Pod pod = container.pod();
      return matchesId(container)
          || name.equals(container.name())
          || (pod != null && name.equals(pod.containerName()));
    }

    /// Whether only a name can tell; what looks like an id is compared as one meanwhile.
    boolean needsName() {
      return idPrefix == null;
    }
  }

  private final List<NameOrId> included;
  private final List<NameOrId> excluded;
  private final boolean host;
  private final @Nullable String namespace;
  private final @Nullable String podName;
  private final LabelSelector labels;

  private ContainerSelection(
      List<NameOrId> included,
      List<NameOrId> excluded,
      boolean host,
      @Nullable String namespace,
      @Nullable String podName,
      LabelSelector labels) {
    this.included = included;
    this.excluded = excluded;
    this.host = host;
    this.namespace = namespace;
    this.podName = podName;
    this.labels = labels;
  }

  /// Reads `-c` (null or empty: every container) and `--host`.
  ///
  /// @throws UsageException for an entry without a name
  public static ContainerSelection parse(@Nullable String containers, boolean host) {
    List<NameOrId> included = new ArrayList<>();
    List<NameOrId> excluded = new ArrayList<>();
    if (containers != null && !containers.isBlank()) {
      for (String part : containers.split(",", -1)) {
        boolean exclude = part.strip().startsWith("!");
        (exclude ? excluded : included).add(entry(part.strip(), exclude, containers));
      }
    }
    return new ContainerSelection(included, excluded, host, null, null, LabelSelector.EVERYTHING);
  }

  private static NameOrId entry(String part, boolean exclude, String containers) {
    String name = exclude ? part.substring(1) : part;
    if (name.isEmpty()) {
      throw new UsageException(
          "There is an empty name in the containers \"" + containers + "\".",
          "Write names or ids separated by commas, !name to exclude one.");
    }
    boolean isId = ID.matcher(name).matches();
    return new NameOrId(name, isId ? name.toLowerCase(Locale.ROOT) : null);
  }

  /// Only of pods in this namespace; null: of all.
  public ContainerSelection withNamespace(@Nullable String wanted) {
    return new ContainerSelection(included, excluded, host, wanted, podName, labels);
  }

  /// Only of pods with exactly this name; null: of all.
  public ContainerSelection withPodName(@Nullable String wanted) {
    return new ContainerSelection(included, excluded, host, namespace, wanted, labels);
  }

  /// Only of pods whose labels fulfil the selector.
  public ContainerSelection withLabels(LabelSelector wanted) {
    return new ContainerSelection(included, excluded, host, namespace, podName, wanted);
  }

  /// What becomes of the rows of `container`, null for a process outside containers.
  public Match match(@Nullable Container container) {
    if (container == null) {
      return Match.of(host);
    }
    Match byName = container.name() == null ? ofUnnamed(container) : ofNamed(container);
    return isEveryPod() ? byName : byName.and(withPodName(container));
  }

  /// Whether nothing in here depends on which container it is.
  public boolean isAllContainers() {
    return included.isEmpty() && excluded.isEmpty() && isEveryPod();
  }

  private boolean isEveryPod() {
    return namespace == null && podName == null && labels.isEverything();
  }

  private Match withPodName(Container container) {
    Pod pod = container.pod();
    if (pod == null) {
      // A runtime that names a container knows whether it has a pod.
      return container.name() == null ? Match.NEEDS_NAME : Match.SKIP;
    }
    return equal(namespace, pod.namespace()).and(equal(podName, pod.name())).and(withLabels(pod));
  }

  private static Match equal(@Nullable String wanted, @Nullable String is) {
    if (wanted == null) {
      return Match.PASS;
    }
    return is == null ? Match.NEEDS_NAME : Match.of(wanted.equals(is));
  }

  private Match withLabels(Pod pod) {
    if (labels.isEverything()) {
      return Match.PASS;
    }
    Map<String, String> known = pod.labels();
    return known == null ? Match.NEEDS_NAME : Match.of(labels.matches(known));
  }

  private static boolean anyMatches(List<NameOrId> entries, Container container) {
    return entries.stream().anyMatch(entry -> entry.matches(container));
  }

  private Match ofNamed(Container container) {
    boolean in = included.isEmpty() || anyMatches(included, container);
    return Match.of(in && !anyMatches(excluded, container));
  }

  private Match ofUnnamed(Container container) {
    if (excluded.stream().anyMatch(entry -> entry.matchesId(container))) {
      return Match.SKIP;
    }
    boolean in = included.isEmpty() || anyMatches(included, container);
    if (!in) {
      return included.stream().anyMatch(NameOrId::needsName) ? Match.NEEDS_NAME : Match.SKIP;
    }
    return excluded.stream().anyMatch(NameOrId::needsName) ? Match.NEEDS_NAME : Match.PASS;
  }
}
