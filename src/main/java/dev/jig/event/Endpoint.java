package dev.jig.event;

import org.jspecify.annotations.Nullable;

/// An address with its port.
public record Endpoint(IpAddress address, int port) {
  /// Written out: C2 does not always inline what a record generates, and this runs per packet.
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || other instanceof Endpoint that && port == that.port && address.equals(that.address);
  }

  @Override
  public int hashCode() {
    return address.hashCode() * 31 + port;
  }
}
