package dev.jig.advise;

/// A tally that a node hands over.
public record NodeTally(String table, TallyKey key, Tally tally) {}
