package dev.jig.event;

import org.jspecify.annotations.Nullable;

/// The names of an event's addresses, each null where unknown.
///
/// @param nameserver the name of the address the query was sent to: often a service, while the
///   packet went to one of its pods
public record EndpointNames(
    @Nullable EndpointName source,
    @Nullable EndpointName destination,
    @Nullable EndpointName nameserver) {}
