package dev.jig.export;

import dev.jig.event.IpAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A client and a server. Compared for every lookup: equals and hashCode are written out.
///
/// @param nameserver null where unknown
record ClientKey(SubjectLabels subject, @Nullable IpAddress nameserver) {
  @Override
  public int hashCode() {
    int hash = subject.container().hashCode() * 31 + subject.pod().hashCode();
    hash = (hash * 31 + subject.namespace().hashCode()) * 31 + subject.node().hashCode();
    return nameserver == null ? hash : hash * 31 + nameserver.hashCode();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ClientKey that
        && subject.container().equals(that.subject.container())
        && subject.pod().equals(that.subject.pod())
        && subject.namespace().equals(that.subject.namespace())
        && subject.node().equals(that.subject.node())
        && Objects.equals(nameserver, that.nameserver);
  }
}
