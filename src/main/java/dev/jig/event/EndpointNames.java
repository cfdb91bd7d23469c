package dev.jig.event;

import org.jspecify.annotations.Nullable;

/// The names of an event's addresses, as far as they are known.
///
/// @param nameserver of the address that was asked: often a service, where the packet went to one
///   of its pods
public record EndpointNames(
    @Nullable EndpointName source,
    @Nullable EndpointName destination,
    @Nullable EndpointName nameserver) {}
