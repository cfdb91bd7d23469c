package dev.jig.advise;

import dev.jig.event.IpAddress;
import dev.jig.event.Subject;
import dev.jig.table.DirectMapped;
import dev.jig.table.Lru;
import java.util.Objects;

/// The clients of subjects. Equal clients are one object as far as possible, so that tables compare
/// them by identity.
final class Clients {
  private static final int MAX_CLIENTS = 4_096;

  /// A subject's client.
  private record Entry(Subject subject, Client client) {}

  private final DirectMapped<Entry> bySubject = new DirectMapped<>(MAX_CLIENTS);
  private final Lru<Client, Client> known = new Lru<>(MAX_CLIENTS);

  /// The client of a lookup.
  ///
  /// @param address the source of its queries
  @SuppressWarnings("ReferenceEquality") // rows of one process share the subject
  Client of(Subject subject, IpAddress address) {
    if (subject.owner() == null) {
      return shared(Client.of(subject, address));
    }
    int hash = subject.tableHash();
    Entry entry = bySubject.get(hash);
    if (entry == null || entry.subject() != subject) {
      entry = new Entry(subject, shared(Client.of(subject, address)));
      bySubject.put(hash, entry);
    }
    return entry.client();
  }

  /// A client's labels may have become known since: then it is a new object.
  private Client shared(Client client) {
    Client before = known.get(client);
    if (before != null && Objects.equals(before.container(), client.container())) {
      return before;
    }
    known.put(client, client);
    return client;
  }
}
