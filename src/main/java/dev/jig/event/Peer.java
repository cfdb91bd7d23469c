package dev.jig.event;

import org.jspecify.annotations.Nullable;

/// The process at the other end of a connection within this machine: for an arriving packet, its
/// sender.
///
/// @param container null for processes outside containers
/// @param attribution how the owner was determined on the packet's row at the other end
public record Peer(@Nullable Container container, Owner owner, Attribution attribution) {}
