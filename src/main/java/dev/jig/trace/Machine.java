package dev.jig.trace;

import dev.jig.bpf.Signals;
import dev.jig.bpf.Terminal;
import java.util.OptionalInt;

/// What the commands need of the machine they run on.
public final class Machine {
  private Machine() {}

  /// The columns of the terminal on stdout, empty if stdout is none.
  public static OptionalInt terminalColumns() {
    return Terminal.columns(Terminal.STDOUT);
  }

  /// Calls `first` at the first SIGINT, SIGTERM or SIGHUP; the second ends the process with exit
  /// code 1.
  public static void onInterrupt(Runnable first) {
    Signals.onFirst(first);
  }
}
