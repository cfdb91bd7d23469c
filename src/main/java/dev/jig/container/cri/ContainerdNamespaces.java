package dev.jig.container.cri;

import dev.jig.event.UserFacingException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// The namespaces of containerd to name containers of.
///
/// @param names empty: all but Docker's, since Docker names its containers itself
public record ContainerdNamespaces(Set<String> names) {
  /// The namespace of Kubernetes' pods.
  public static final ContainerdNamespaces KUBERNETES = new ContainerdNamespaces(Set.of("k8s.io"));

  private static final String KUBERNETES_NAME = "k8s.io";
  private static final String ALL = "*";
  private static final String DOCKER_NAME = "moby";

  /// A valid name (containerd's package identifiers).
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]+([._-]+[A-Za-z0-9]+)*");

  private static final int MAX_LENGTH = 76;

  public ContainerdNamespaces {
    names = Set.copyOf(names);
  }

  /// Parses a comma-separated list, or `*`.
  ///
  /// @throws UserFacingException for an invalid name
  public static ContainerdNamespaces parse(String list) {
    Set<String> names = new TreeSet<>();
    for (String part : list.split(",", -1)) {
      String name = part.strip();
      if (name.equals(ALL)) {
        return new ContainerdNamespaces(Set.of());
      }
      if (name.length() > MAX_LENGTH || !NAME.matcher(name).matches()) {
        throw UserFacingException.usage(
            "\"" + name + "\" is not a namespace of containerd.",
            "Give names such as k8s.io,default, or * for all.");
      }
      names.add(name);
    }
    return new ContainerdNamespaces(names);
  }

  boolean includes(String namespace) {
    return names.isEmpty() ? !namespace.equals(DOCKER_NAME) : names.contains(namespace);
  }

  /// Whether Kubernetes' pods are included.
  boolean includesPods() {
    return includes(KUBERNETES_NAME);
  }

  static boolean isKubernetes(String namespace) {
    return namespace.equals(KUBERNETES_NAME);
  }

  /// The included ones of `existing`.
  List<String> select(List<String> existing) {
    return existing.stream().filter(this::includes).toList();
  }
}
