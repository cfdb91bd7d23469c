package dev.jig.filter;

import dev.jig.event.Container;
import dev.jig.event.Container.Pod;
import dev.jig.event.UserFacingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Decides which rows to show by their container and pod, and whether to show processes outside
/// containers.
///
/// Containers are included by name, or excluded with `!`; without included names, every container
/// that is not excluded passes. A term of 12 or more hex digits also matches ids with this prefix.
/// Namespace, pod name and label selector further restrict the result to pods. Processes outside
/// containers pass if `host` is set, independent of the other criteria.
public final class ContainerSelection {
  private static final Pattern ID = Pattern.compile("[0-9a-fA-F]{12,64}");

  /// The decision about the rows of a container.
  public enum Match {
    PASS,
    SKIP,
    /// Undecided: depends on a name or label of the container or its pod that is not known yet.
    NEEDS_NAME;

    /// The conjunction of two decisions.
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

    /// Whether the term is not an id prefix, so that only a name can match it.
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

  /// Parses `-c` (null or empty: every container) and `--host`.
  ///
  /// @throws UserFacingException for an empty term
  public static ContainerSelection parse(@Nullable String containers, boolean host) {
    List<NameOrId> included = new ArrayList<>();
    List<NameOrId> excluded = new ArrayList<>();
    if (containers != null && !containers.isBlank()) {
      for (String part : containers.split(",", -1)) {
        boolean exclude = part.strip().startsWith("!");
        (exclude ? excluded : included).add(parseTerm(part.strip(), exclude, containers));
      }
    }
    return new ContainerSelection(included, excluded, host, null, null, LabelSelector.EVERYTHING);
  }

  private static NameOrId parseTerm(String part, boolean exclude, String containers) {
    String name = exclude ? part.substring(1) : part;
    if (name.isEmpty()) {
      throw UserFacingException.usage(
          "The list of containers contains an empty name: \"" + containers + "\".",
          "Separate names or ids by single commas; !name excludes a container.");
    }
    boolean isId = ID.matcher(name).matches();
    return new NameOrId(name, isId ? name.toLowerCase(Locale.ROOT) : null);
  }

  /// A copy restricted to pods of this namespace; null: all.
  public ContainerSelection withNamespace(@Nullable String wanted) {
    return new ContainerSelection(included, excluded, host, wanted, podName, labels);
  }

  /// A copy restricted to pods with exactly this name; null: all.
  public ContainerSelection withPodName(@Nullable String wanted) {
    return new ContainerSelection(included, excluded, host, namespace, wanted, labels);
  }

  /// A copy restricted to pods with labels that match the selector.
  public ContainerSelection withLabels(LabelSelector wanted) {
    return new ContainerSelection(included, excluded, host, namespace, podName, wanted);
  }

  /// Decides about the rows of `container`; null: a process outside containers.
  public Match match(@Nullable Container container) {
    if (container == null) {
      return Match.of(host);
    }
    Match byName = container.name() == null ? matchUnnamed(container) : matchNamed(container);
    return hasNoPodCriteria() ? byName : byName.and(matchPod(container));
  }

  /// Whether no criterion restricts the containers.
  public boolean isAllContainers() {
    return included.isEmpty() && excluded.isEmpty() && hasNoPodCriteria();
  }

  private boolean hasNoPodCriteria() {
    return namespace == null && podName == null && labels.isEverything();
  }

  private Match matchPod(Container container) {
    Pod pod = container.pod();
    if (pod == null) {
      // A runtime reports name and pod together: a named container without pod has none.
      return container.name() == null ? Match.NEEDS_NAME : Match.SKIP;
    }
    return matchText(namespace, pod.namespace())
        .and(matchText(podName, pod.name()))
        .and(matchLabels(pod));
  }

  private static Match matchText(@Nullable String wanted, @Nullable String actual) {
    if (wanted == null) {
      return Match.PASS;
    }
    return actual == null ? Match.NEEDS_NAME : Match.of(wanted.equals(actual));
  }

  private Match matchLabels(Pod pod) {
    if (labels.isEverything()) {
      return Match.PASS;
    }
    Map<String, String> known = pod.labels();
    return known == null ? Match.NEEDS_NAME : Match.of(labels.matches(known));
  }

  private static boolean anyMatches(List<NameOrId> terms, Container container) {
    return terms.stream().anyMatch(term -> term.matches(container));
  }

  private Match matchNamed(Container container) {
    boolean in = included.isEmpty() || anyMatches(included, container);
    return Match.of(in && !anyMatches(excluded, container));
  }

  private Match matchUnnamed(Container container) {
    if (excluded.stream().anyMatch(term -> term.matchesId(container))) {
      return Match.SKIP;
    }
    boolean in = included.isEmpty() || anyMatches(included, container);
    if (!in) {
      return included.stream().anyMatch(NameOrId::needsName) ? Match.NEEDS_NAME : Match.SKIP;
    }
    return excluded.stream().anyMatch(NameOrId::needsName) ? Match.NEEDS_NAME : Match.PASS;
  }
}
