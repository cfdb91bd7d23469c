package dev.jig.it.live;

import java.util.Locale;

/// A message that a thread of the program `asker` sent or read, as it reports it, and the thread's
/// identity. The fields and their order: `print_row` in src/test/c/asker/truth.c.
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

  /// The end of a lookup at which a message is observed, and whether it is query or response.
  enum Hop {
    CLIENT_Q,
    CLIENT_R,
    SERVER_Q,
    SERVER_R
  }

  /// Why the row of a query that a server receives may show another process, marked as the socket's
  /// owner: no process has read the packet yet. No other row may show another process.
  enum Doubt {
    NONE,
    /// Another process created the socket, and this one has not used it yet.
    FIRST,
    /// Several processes share the socket: any may read the next query.
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

  /// The case of `asker`, such as `fork-connected`.
  String way() {
    return name.split("\\.", 3)[1];
  }

  /// In the format of [Row#owner].
  String owner() {
    return "%d %d %d %s".formatted(pid, tid, uid, comm);
  }

  /// All that a row shows of its process, in the format of [Row#identity].
  String identity() {
    return "%s %d %d %d %d %s".formatted(owner(), ppid, gid, mountNs, netNs, pcomm);
  }
}
