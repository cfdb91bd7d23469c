package dev.jig.it.live;

import java.util.Locale;

/// What a thread of the program `asker` says of itself and of one message: it sends it, or has read
/// it. The words and their order: `tell_row` in asker.h.
record Truth(
    long pid,
    long tid,
    long uid,
    String comm,
    String name,
    Hop hop,
    Doubt doubt,
    long ppid,
    long gid,
    long mountNs,
    long netNs,
    long startTicks,
    String pcomm) {

  /// Where a message of a lookup is seen: at each end, as query and as response.
  enum Hop {
    CLIENT_Q,
    CLIENT_R,
    SERVER_Q,
    SERVER_R
  }

  /// Why the row of a query that a server gets may show another process, marked as the socket's
  /// owner: no process has read the packet yet. No other row may.
  enum Doubt {
    NONE,
    /// The socket came from another process, and this one has not used it yet.
    FIRST,
    /// Several processes use it by turns: any may read the next query.
    SHARED
  }

  static Truth of(String line) {
    String[] words = line.split(" ", 13);
    return new Truth(
        Long.parseLong(words[0]),
        Long.parseLong(words[1]),
        Long.parseLong(words[2]),
        words[3],
        words[4] + ".",
        Hop.valueOf(words[5].replace('-', '_').toUpperCase(Locale.ROOT)),
        Doubt.valueOf(words[6].toUpperCase(Locale.ROOT)),
        Long.parseLong(words[7]),
        Long.parseLong(words[8]),
        Long.parseLong(words[9]),
        Long.parseLong(words[10]),
        Long.parseLong(words[11]),
        words[12]);
  }

  /// Such as `fork-connected`.
  String way() {
    return name.split("\\.", 3)[1];
  }

  /// In the order in which [Row#owner] has it.
  String owner() {
    return "%d %d %d %s".formatted(pid, tid, uid, comm);
  }

  /// All that a row tells of its process, as [Row#identity] has it.
  String identity() {
    return "%s %d %d %d %d %s".formatted(owner(), ppid, gid, mountNs, netNs, pcomm);
  }
}
