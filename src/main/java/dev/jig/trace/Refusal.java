package dev.jig.trace;

import dev.jig.event.UserFacingException;
import dev.jig.os.NativeException;
import java.util.List;

/// Turns a refusal of the kernel or of libbpf into a message for the user.
final class Refusal {
  private Refusal() {}

  /// Includes the log of libbpf and the verifier if verbose, or if the sentence does not name the
  /// cause.
  static UserFacingException of(NativeException e, boolean verbose) {
    boolean withLog =
        switch (e.reason()) {
          case REJECTED, OTHER -> true;
          case LIBRARY, CAPABILITIES, KERNEL, BTF, MEMLOCK, ATTACH, CGROUP -> verbose;
        };
    return UserFacingException.machine(
        String.valueOf(e.getMessage()), e.hint(), withLog ? e.log() : List.of(), e);
  }
}
