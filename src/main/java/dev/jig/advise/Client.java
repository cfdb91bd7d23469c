package dev.jig.advise;

import dev.jig.event.Container;
import dev.jig.event.IpAddress;
import dev.jig.event.Owner;
import dev.jig.event.Subject;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A program in a container, or on the host in one network namespace; where the process is unknown,
/// an address. All processes of the program are one client.
///
/// @param container null outside containers
/// @param comm the process's name, raw; null where it is unknown
/// @param netNs of a process outside containers; else 0
/// @param address of a client without a known process; else null
public record Client(
    @Nullable String node,
    @Nullable Container container,
    @Nullable String comm,
    long netNs,
    @Nullable IpAddress address) {

  /// The client of a lookup.
  ///
  /// @param address the source of its queries
  static Client of(Subject subject, IpAddress address) {
    Owner owner = subject.owner();
    Container container = subject.container();
    String comm = owner == null ? null : nameOf(owner);
    return new Client(
        subject.node(),
        container,
        comm,
        owner == null || container != null ? 0 : owner.netNs(),
        owner == null && container == null ? address : null);
  }

  /// The threads of a process have names of their own.
  private static String nameOf(Owner owner) {
    return owner.processName() == null ? owner.comm() : owner.processName();
  }

  /// Such as `shop/checkout (python3)`, `web (curl)`, `curl` or `10.0.0.7`; raw.
  public String label() {
    if (address != null) {
      return address.toString();
    }
    String place = place();
    String program = comm == null ? "" : comm;
    return place.isEmpty() ? program : program.isEmpty() ? place : place + " (" + program + ")";
  }

  private String place() {
    if (container == null) {
      return node == null ? "" : node;
    }
    Container.Pod pod = container.pod();
    if (pod != null && pod.name() != null) {
      return pod.namespace() == null ? pod.name() : pod.namespace() + "/" + pod.name();
    }
    return container.name() != null
        ? container.name()
        : container.id().substring(0, Math.min(12, container.id().length()));
  }

  /// Containers are compared by id: their labels may become known later.
  @Override
  public boolean equals(@Nullable Object other) {
    return other == this
        || other instanceof Client that
            && netNs == that.netNs
            && Objects.equals(comm, that.comm)
            && Objects.equals(idOf(container), idOf(that.container))
            && Objects.equals(address, that.address)
            && Objects.equals(node, that.node);
  }

  @Override
  public int hashCode() {
    int place = Objects.hashCode(node) * 31 + Objects.hashCode(idOf(container));
    int program = Objects.hashCode(comm) * 31 + Long.hashCode(netNs);
    return (place * 31 + program) * 31 + Objects.hashCode(address);
  }

  private static @Nullable String idOf(@Nullable Container container) {
    return container == null ? null : container.id();
  }
}
