package dev.jig.container;

import dev.jig.event.Container;
import org.jspecify.annotations.Nullable;

/// The answer to "whose packet is this?" for one cgroup.
public sealed interface Lookup {

  /// Not in a container.
  Lookup HOST = new Host();

  /// Nobody can tell any more.
  Lookup UNKNOWN = new Unknown();

  /// A process outside containers.
  record Host() implements Lookup {}

  /// A cgroup or process that was gone before anybody saw where it belonged.
  record Unknown() implements Lookup {}

  /// A container that its runtime has named.
  record Known(Container container) implements Lookup {}

  /// A container that no runtime names: its id is all there is.
  record Unnamed(Container container) implements Lookup {}

  /// A runtime, or the walk over the cgroups, may still answer; the generation rises when it has.
  ///
  /// @param byPath what the path tells; null while the path itself is unknown
  record Pending(@Nullable Container byPath) implements Lookup {

    /// What to take if nobody answered in time.
    public Lookup givenUp() {
      return byPath == null ? UNKNOWN : new Unnamed(byPath);
    }
  }
}
