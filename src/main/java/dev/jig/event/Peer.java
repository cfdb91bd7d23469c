package dev.jig.event;

import org.jspecify.annotations.Nullable;

/// Who is at the other end of a hop within this machine: the sender of what arrived.
///
/// @param container null for processes outside containers
/// @param attribution how certain the owner is, as of the packet's other row
public record Peer(@Nullable Container container, Owner owner, Attribution attribution) {}
