package dev.jig.event;

/// The pod or service that has an address.
public record EndpointName(Kind kind, String namespace, String name) {

  /// What an address can belong to.
  public enum Kind {
    POD("pod", "p/"),
    SERVICE("svc", "s/");

    private final String shortName;
    private final String prefix;

    Kind(String word, String prefix) {
      this.shortName = word;
      this.prefix = prefix;
    }

    /// As JSON says it.
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
