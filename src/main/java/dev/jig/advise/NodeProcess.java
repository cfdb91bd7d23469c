package dev.jig.advise;

import org.jspecify.annotations.Nullable;

/// A process of one node.
///
/// @param node null where there is only one
public record NodeProcess(@Nullable String node, int pid) {}
