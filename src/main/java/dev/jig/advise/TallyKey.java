package dev.jig.advise;

import dev.jig.event.IpAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a tally is about: what applies.
///
/// @param name of a domain: the name or the zone that is concerned; in lower case
public record TallyKey(@Nullable Client client, @Nullable IpAddress server, @Nullable String name) {

  public static TallyKey of(Client client) {
    return new TallyKey(client, null, null);
  }

  public static TallyKey of(Client client, IpAddress server) {
    return new TallyKey(client, server, null);
  }

  public static TallyKey of(Client client, String name) {
    return new TallyKey(client, null, name);
  }

  public static TallyKey of(IpAddress server, String name) {
    return new TallyKey(null, server, name);
  }

  /// All clients of a server.
  public static TallyKey of(IpAddress server) {
    return new TallyKey(null, server, null);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TallyKey that
        && Objects.equals(client, that.client)
        && Objects.equals(server, that.server)
        && Objects.equals(name, that.name);
  }

  @Override
  public int hashCode() {
    return (Objects.hashCode(client) * 31 + Objects.hashCode(server)) * 31 + Objects.hashCode(name);
  }
}
