package dev.jig.event;

/// The pod or service that has an address.
public record EndpointName(Kind kind, String namespace, String name) {

  /// The kind of Kubernetes object that has the address.
  public enum Kind {
    POD("pod", "p/"),
    SERVICE("svc", "s/");

    private final String shortName;
    private final String prefix;

    Kind(String shortName, String prefix) {
      this.shortName = shortName;
      this.prefix = prefix;
    }

    /// The short name that kubectl uses: `pod` or `svc`.
    public String shortName() {
      return shortName;
    }
  }

  /// `p/namespace/name` or `s/namespace/name`.
  @Override
  public String toString() {
    return kind.prefix + namespace + "/" + name;
  }
}
