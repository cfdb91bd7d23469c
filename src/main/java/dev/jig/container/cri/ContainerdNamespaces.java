package dev.jig.container.cri;

import dev.jig.event.UsageException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// The namespaces of containerd whose containers are named.
///
/// @param names empty: all, but for Docker's own, whose containers Docker names
public record ContainerdNamespaces(Set<String> names) {
  /// Where Kubernetes keeps its pods.
  public static final ContainerdNamespaces KUBERNETES = new ContainerdNamespaces(Set.of("k8s.io"));

  private static final String KUBERNETES_NAME = "k8s.io";
  private static final String ALL = "*";
  private static final String DOCKER_NAME = "moby";

  /// As containerd accepts them (its package identifiers).
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]+([._-]+[A-Za-z0-9]+)*");

  private static final int MAX_LENGTH = 76;

  public ContainerdNamespaces {
    names = Set.copyOf(names);
  }

  /// A comma list, or `*`.
  ///
  /// @throws UsageException for a name that can't be one
  public static ContainerdNamespaces parse(String list) {
    Set<String> names = new TreeSet<>();
    for (String part : list.split(",", -1)) {
      String name = part.strip();
      if (name.equals(ALL)) {
        return new ContainerdNamespaces(Set.of());
      }
      if (name.length() > MAX_LENGTH || !NAME.matcher(name).matches()) {
        throw new UsageException(
            "\"" + name + "\" is no namespace of containerd.",
            "Give names such as k8s.io,default, or * for all.");
      }
      names.add(name);
    }
    return new ContainerdNamespaces(names);
  }

  boolean includes(String namespace) {
    return names.isEmpty() ? !namespace.equals(DOCKER_NAME) : names.contains(namespace);
  }

  /// Whether Kubernetes' pods are wanted.
  boolean includesPods() {
    return includes(KUBERNETES_NAME);
  }

  static boolean isKubernetes(String namespace) {
    return namespace.equals(KUBERNETES_NAME);
  }

  /// Those of `existing` that are wanted.
  List<String> select(List<String> existing) {
    return existing.stream().filter(this::includes).toList();
  }
}
