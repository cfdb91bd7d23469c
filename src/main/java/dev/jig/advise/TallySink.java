package dev.jig.advise;

/// Receives tallies that are to be added to those of other nodes.
public interface TallySink {
  void accept(String table, TallyKey key, Tally tally);
}
