package dev.jig.container;

import dev.jig.event.Container;
import org.jspecify.annotations.Nullable;

/// The answer to "whose packet is this?" for one cgroup.
public sealed interface Resolution {

  /// Not in a container.
  Resolution HOST = new Host();

  /// Nobody can tell any more.
  Resolution UNKNOWN = new Unknown();

  /// A process outside containers.
  record Host() implements Resolution {}

  /// A cgroup or process that was gone before anybody saw where it belonged.
  record Unknown() implements Resolution {}

  /// A container that its runtime has named.
  record Named(Container container) implements Resolution {}

  /// A container that no runtime names: its id is all there is.
  record IdOnly(Container container) implements Resolution {}

  /// A runtime, or the walk over the cgroups, may still answer; the generation rises when it has.
  ///
  /// @param idOnly what the path tells; null while the path itself is unknown
  record InProgress(@Nullable Container idOnly) implements Resolution {

    /// What to take if nobody answered in time.
    public Resolution fallback() {
      return idOnly == null ? UNKNOWN : new IdOnly(idOnly);
    }
  }
}
