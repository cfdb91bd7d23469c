package dev.jig.container;

import dev.jig.event.Container;
import org.jspecify.annotations.Nullable;

/// The container of one cgroup or process, as far as it is resolved.
public sealed interface Resolution {

  /// Not in a container.
  Resolution HOST = new Host();

  /// Not resolvable.
  Resolution UNKNOWN = new Unknown();

  /// A process outside containers.
  record Host() implements Resolution {}

  /// A cgroup or process that was gone before its path was read.
  record Unknown() implements Resolution {}

  /// A container that its runtime has named.
  record Named(Container container) implements Resolution {}

  /// A container that no runtime has named: only its id is known.
  record IdOnly(Container container) implements Resolution {}

  /// A runtime or the cgroup walk may still resolve it; [Containers#generation] rises when it has.
  ///
  /// @param idOnly the container as its path shows it; null while the path is unknown
  record InProgress(@Nullable Container idOnly) implements Resolution {

    /// The resolution to use if none comes in time.
    public Resolution fallback() {
      return idOnly == null ? UNKNOWN : new IdOnly(idOnly);
    }
  }
}
