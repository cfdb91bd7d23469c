package dev.jig.kube;

import dev.jig.event.Container;
import dev.jig.event.Container.Pod;
import org.jspecify.annotations.Nullable;

/// Which pods' rows a client wants. Processes outside containers are never among them.
///
/// @param namespace exactly this one; empty: all
/// @param pod exactly this name; empty: all
/// @param container exactly this name within its pod; empty: all
public record PodSelection(
    String namespace, String pod, String container, LabelSelector selector) {

  /// What becomes of a container's rows.
  enum Verdict {
    PASS,
    SKIP,
    /// Its name decides and is not known yet.
    UNDECIDED
  }

  Verdict verdict(@Nullable Container of) {
    if (of == null) {
      return Verdict.SKIP;
    }
    Pod its = of.pod();
    if (its == null || its.name() == null) {
      boolean everything = isEveryPod();
      // Named by its runtime and of no pod, or not named at all.
      return everything ? Verdict.PASS : of.name() != null ? Verdict.SKIP : Verdict.UNDECIDED;
    }
    boolean wanted =
        isWanted(namespace, its.namespace())
            && isWanted(pod, its.name())
            && isWanted(container, its.containerName())
            && selector.matches(its.labels());
    return wanted ? Verdict.PASS : Verdict.SKIP;
  }

  private boolean isEveryPod() {
    return namespace.isEmpty() && pod.isEmpty() && container.isEmpty() && selector.isEverything();
  }

  private static boolean isWanted(String wanted, @Nullable String is) {
    return wanted.isEmpty() || wanted.equals(is);
  }
}
