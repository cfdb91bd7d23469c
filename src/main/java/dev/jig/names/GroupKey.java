package dev.jig.names;

import dev.jig.event.IpAddress;
import dev.jig.event.Owner;
import dev.jig.event.Subject;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A process and the first label of a name, which all names of a walk have in common. Where the
/// process is unknown, its address stands for it.
final class GroupKey {
  private final @Nullable String node;
  private final int pid;
  private final long startBootNs;
  private final @Nullable IpAddress client;
  private final String firstLabel;

  private GroupKey(
      @Nullable String node,
      int pid,
      long startBootNs,
      @Nullable IpAddress client,
      String firstLabel) {
    this.node = node;
    this.pid = pid;
    this.startBootNs = startBootNs;
    this.client = client;
    this.firstLabel = firstLabel;
  }

  static GroupKey of(Subject subject, IpAddress client, String name) {
    Owner owner = subject.owner();
    String label = DomainNames.firstLabel(name);
    return owner == null
        ? new GroupKey(subject.node(), 0, 0, client, label)
        : new GroupKey(subject.node(), owner.pid(), owner.startBootNs(), null, label);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof GroupKey key
        && pid == key.pid
        && startBootNs == key.startBootNs
        && firstLabel.equals(key.firstLabel)
        && Objects.equals(client, key.client)
        && Objects.equals(node, key.node);
  }

  @Override
  public int hashCode() {
    int process = client == null ? pid * 31 + Long.hashCode(startBootNs) : client.hashCode();
    return process * 31 + firstLabel.hashCode();
  }
}
