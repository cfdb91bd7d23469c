package dev.jig.event;

import org.jspecify.annotations.Nullable;

/// The workload that a row is about, or the one at the other end. Rows of one process share the
/// object.
///
/// @param node the Kubernetes node that captured it; null for a local trace
/// @param container null for processes outside containers
/// @param owner null where the attribution is UNKNOWN
public record Subject(
    @Nullable String node,
    @Nullable Container container,
    @Nullable Owner owner,
    Attribution attribution) {
  /// Neither container nor process is known.
  public static final Subject UNKNOWN = new Subject(null, null, null, Attribution.UNKNOWN);

  /// A container without a process.
  public static Subject of(Container container) {
    return new Subject(null, container, null, Attribution.UNKNOWN);
  }

  /// A hash for tables of subjects.
  public int tableHash() {
    return tableHash(container, owner, attribution);
  }

  /// The hash of a subject of these parts. Owners of several nodes may have the same tid, but
  /// rarely the same start time, too. A server's process has two subjects in turn: what it sends is
  /// EXACT, what it receives by SOCKET.
  public static int tableHash(
      @Nullable Container container, @Nullable Owner owner, Attribution attribution) {
    int hash =
        owner != null
            ? owner.tid() + Long.hashCode(owner.startBootNs())
            : container == null ? 0 : container.id().hashCode();
    return hash * 2 + (attribution == Attribution.SOCKET ? 1 : 0);
  }

  /// This subject with another container; this object if it has it already.
  @SuppressWarnings("ReferenceEquality") // containers are shared; an equal one makes only a copy
  public Subject withContainer(@Nullable Container newContainer) {
    return newContainer == container ? this : new Subject(node, newContainer, owner, attribution);
  }
}
