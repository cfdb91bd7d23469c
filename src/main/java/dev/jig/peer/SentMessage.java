package dev.jig.peer;

import dev.jig.event.Attribution;
import dev.jig.event.IpAddress;
import dev.jig.event.Owner;
import org.jspecify.annotations.Nullable;

/// A message recorded at egress, or repeated transmissions of it by one process to one server.
/// Mutable and reused: valid until the next message is recorded.
public final class SentMessage {
  IpAddress server = IpAddress.v4(0);
  int serverPort;
  long cgroupId;
  long socketCookie;
  @Nullable Owner owner;
  Attribution attribution = Attribution.UNKNOWN;
  long bootNs;
  long netNs;

  SentMessage() {}

  boolean isSentTo(IpAddress address, int port) {
    return serverPort == port && server.equals(address);
  }

  /// The id of the sender's cgroup.
  public long cgroupId() {
    return cgroupId;
  }

  /// The cookie of the socket that sent it.
  public long socketCookie() {
    return socketCookie;
  }

  /// The sender as the kernel recorded it; null if unknown.
  public @Nullable Owner owner() {
    return owner;
  }

  public Attribution attribution() {
    return attribution;
  }
}
