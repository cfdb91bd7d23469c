package dev.jig.export;

import dev.jig.event.Container;
import dev.jig.event.Subject;
import org.jspecify.annotations.Nullable;

/// The labels of the workload that asks. Unknown parts are empty: absent for Prometheus.
record SubjectLabels(String node, String namespace, String pod, String container) {
  private static final int SHORT_ID = 12;

  static final SubjectLabels NONE = new SubjectLabels("", "", "", "");

  static SubjectLabels of(Subject subject, WorkloadNames workloads) {
    Container container = subject.container();
    String node = orEmpty(subject.node());
    if (container == null) {
      return node.isEmpty() ? NONE : new SubjectLabels(node, "", "", "");
    }
    Container.Pod pod = container.pod();
    if (pod == null) {
      return new SubjectLabels(node, "", "", nameOf(container));
    }
    String name = pod.containerName();
    return new SubjectLabels(
        node,
        orEmpty(pod.namespace()),
        workloads.of(orEmpty(pod.name())),
        name == null ? nameOf(container) : name);
  }

  private static String nameOf(Container container) {
    String name = container.name();
    return name != null
        ? name
        : container.id().substring(0, Math.min(SHORT_ID, container.id().length()));
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
