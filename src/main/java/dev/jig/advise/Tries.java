package dev.jig.advise;

import dev.jig.event.Attempt;
import dev.jig.event.AttemptState;
import dev.jig.event.Cause;
import dev.jig.event.IpAddress;
import dev.jig.event.LookupRow;
import dev.jig.event.Protocol;
import java.util.List;
import java.util.Objects;

/// Questions about the tries of a lookup.
public final class Tries {
  /// A client that gives up sooner has not waited for the answer.
  private static final long MIN_WAIT_NS = 1_000_000_000;

  /// A client that asks again, or another server, after at least this time has waited in vain;
  /// sooner, it asks several servers at once.
  private static final long MIN_RETRY_NS = 200_000_000;

  private Tries() {}

  /// Whether a try shows that its server does not answer: the kernel says why, or the client waited
  /// in vain. An answer that came when the client had closed its socket shows that it does.
  public static boolean isUnanswered(List<Attempt> attempts, int index) {
    Attempt attempt = attempts.get(index);
    return switch (attempt.state()) {
      case ANSWERED, TRUNCATED, LATE -> false;
      case REPEATED, TIMEOUT, CLOSED, WAITING ->
          attempt.cause() != null ? !isAnsweredInVain(attempt) : hasWaited(attempts, index);
    };
  }

  private static boolean hasWaited(List<Attempt> attempts, int index) {
    if (index + 1 < attempts.size()) {
      return waitedNs(attempts, index) >= MIN_RETRY_NS;
    }
    Attempt last = attempts.get(index);
    return last.state() == AttemptState.TIMEOUT
        || last.state() != AttemptState.WAITING
            && last.timestampNs() + last.durationNs() - attempts.getFirst().timestampNs()
                >= MIN_WAIT_NS;
  }

  /// Whether a try is the first one at its server.
  public static boolean isFirstOf(IpAddress server, List<Attempt> attempts, int index) {
    for (int i = 0; i < index; i++) {
      if (server.equals(attempts.get(i).nameserver())) {
        return false;
      }
    }
    return true;
  }

  /// Whether the answer found no socket: the client had closed it.
  public static boolean isAnsweredInVain(Attempt attempt) {
    Cause cause = attempt.cause();
    return cause != null && cause.at() == Cause.Place.CLIENT && cause.text().equals("port closed");
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
    if (attempts.isEmpty() || !isUnanswered(attempts, 0)) {
      return false;
    }
    return switch (TryFault.of(attempts.getFirst())) {
      case PORT_CLOSED, UNREACHABLE, OVERLOADED -> false;
      case NETFILTER, SILENT -> true;
    };
  }

  /// Whether the first try of a lookup was answered.
  public static boolean isFirstAnswered(LookupRow row) {
    List<Attempt> attempts = row.lookup().attempts();
    return !attempts.isEmpty() && attempts.getFirst().state().hasResponse();
  }

  /// The index of the try with a truncated answer, after which TCP is due; -1 without one.
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
