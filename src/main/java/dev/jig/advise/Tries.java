package dev.jig.advise;

import dev.jig.event.Attempt;
import dev.jig.event.AttemptState;
import dev.jig.event.LookupRow;
import dev.jig.event.Protocol;
import java.util.List;
import java.util.Objects;

/// Questions about the tries of a lookup.
public final class Tries {
  /// A client that closes its socket sooner has not waited for the answer.
  private static final long MIN_WAIT_NS = 1_000_000_000;

  private Tries() {}

  /// Whether a try ended without answer: the client sent another one, gave up or waited in vain. A
  /// try that still waits when another server has answered says nothing.
  public static boolean isUnanswered(Attempt attempt) {
    return switch (attempt.state()) {
      case REPEATED, TIMEOUT, CLOSED -> true;
      case ANSWERED, TRUNCATED, LATE, WAITING -> false;
    };
  }

  /// How long a try without answer delayed its client: until the next try, or the end.
  public static long waitedNs(List<Attempt> attempts, int index) {
    Attempt own = attempts.get(index);
    return index + 1 < attempts.size()
        ? attempts.get(index + 1).timestampNs() - own.timestampNs()
        : own.durationNs();
  }

  /// Whether the first try of a lookup got lost: it has no answer, and the client asked again, or
  /// waited, or the kernel said why. A client that gives up at once may just have ended.
  public static boolean isFirstLost(LookupRow row) {
    List<Attempt> attempts = row.lookup().attempts();
    if (attempts.isEmpty() || !isUnanswered(attempts.getFirst())) {
      return false;
    }
    Attempt first = attempts.getFirst();
    return switch (TryFault.of(first)) {
      case PORT_CLOSED, UNREACHABLE -> false;
      case NETFILTER -> true;
      case SILENT -> attempts.size() > 1 || first.durationNs() >= MIN_WAIT_NS;
    };
  }

  /// Whether the first try of a lookup was answered.
  public static boolean isFirstAnswered(LookupRow row) {
    List<Attempt> attempts = row.lookup().attempts();
    return !attempts.isEmpty() && attempts.getFirst().state().hasResponse();
  }

  /// The number of the try whose answer was truncated, after which TCP is due; -1 without one.
  public static int truncated(List<Attempt> attempts) {
    for (int i = 0; i < attempts.size(); i++) {
      if (attempts.get(i).state() == AttemptState.TRUNCATED) {
        return i;
      }
    }
    return -1;
  }

  /// Whether a try repeats an earlier truncated one over TCP, at the same server.
  public static boolean isTcpAfterTruncation(List<Attempt> attempts, int index) {
    int truncated = truncated(attempts);
    return truncated >= 0
        && truncated < index
        && attempts.get(index).protocol() == Protocol.TCP
        && Objects.equals(attempts.get(truncated).nameserver(), attempts.get(index).nameserver());
  }

  /// Whether this lookup's first try is the one that a pair lost.
  public static boolean isLostTwin(LookupRow row, LookupRow twin) {
    return isFirstLost(row)
        && isFirstAnswered(twin)
        && Objects.equals(
            row.lookup().attempts().getFirst().nameserver(),
            twin.lookup().attempts().getFirst().nameserver());
  }
}
