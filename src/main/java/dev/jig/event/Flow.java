package dev.jig.event;

import org.jspecify.annotations.Nullable;

/// The addresses of a message. Rows of one socket share the object.
///
/// @param packetType null where a capture file does not record it
/// @param nameserver the address the application sent the query to, before any NAT; for a response
///   its source; null where unknown
/// @param names the pods and services that have the addresses, if agents resolve them
public record Flow(
    Endpoint source,
    Endpoint destination,
    Protocol protocol,
    @Nullable PacketType packetType,
    @Nullable IpAddress nameserver,
    @Nullable EndpointNames names) {

  /// A flow without names.
  public Flow(
      Endpoint source,
      Endpoint destination,
      Protocol protocol,
      @Nullable PacketType packetType,
      @Nullable IpAddress nameserver) {
    this(source, destination, protocol, packetType, nameserver, null);
  }

  /// A copy with names.
  public Flow withNames(EndpointNames newNames) {
    return new Flow(source, destination, protocol, packetType, nameserver, newNames);
  }
}
