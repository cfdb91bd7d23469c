package dev.jig.advise;

import org.jspecify.annotations.Nullable;

/// A node of a cluster in a report.
///
/// @param watched false: it has no agent, or it never answered
/// @param lookups seen there
/// @param packetsLost packets that its trace lost
/// @param gap what is missing, a sentence part that follows its name and a colon; null: nothing
public record WatchedNode(
    String node, boolean watched, long lookups, long packetsLost, @Nullable String gap) {}
