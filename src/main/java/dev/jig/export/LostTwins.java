package dev.jig.export;

import dev.jig.event.Attempt;
import dev.jig.event.AttemptState;
import dev.jig.event.Endpoint;
import dev.jig.event.IpAddress;
import dev.jig.event.LookupRow;
import dev.jig.event.Question;
import dev.jig.event.Subject;
import dev.jig.table.Lru;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Finds pairs of A and AAAA of which the first query of one got lost and that of the other was
/// answered by the same server. One thread.
final class LostTwins {
  private static final int MAX_WAITING = 4_096;

  /// A client that asks again sooner asks several servers at once.
  private static final long MIN_RETRY_NS = 200_000_000;

  /// A client that gives up sooner has not waited.
  private static final long MIN_WAIT_NS = 1_000_000_000;

  /// The first of a pair waits for the second, which asked the same name of the other type.
  private record Key(int tid, IpAddress client, String name) {
    static Key of(LookupRow row, Question question) {
      Subject subject = row.subject();
      Endpoint source = row.flow().source();
      return new Key(
          subject.owner() == null ? 0 : subject.owner().tid(),
          source.address(),
          question.name().toLowerCase(Locale.ROOT));
    }
  }

  private final Lru<Key, LookupRow> waiting = new Lru<>(MAX_WAITING);

  /// Takes a lookup; returns the server that lost one of a pair, null if there is none.
  @Nullable IpAddress onLookup(LookupRow row) {
    Question question = row.dns().question();
    if (row.lookup().twinState() == null || question == null) {
      return null;
    }
    Key key = Key.of(row, question);
    LookupRow other = waiting.remove(key);
    if (other == null || typeOf(other) == question.type()) {
      waiting.put(key, row);
      return null;
    }
    return isLost(row, other) || isLost(other, row) ? serverOf(row) : null;
  }

  private static int typeOf(LookupRow row) {
    Question question = row.dns().question();
    return question == null ? -1 : question.type();
  }

  private static @Nullable IpAddress serverOf(LookupRow row) {
    List<Attempt> attempts = row.lookup().attempts();
    return attempts.isEmpty() ? null : attempts.getFirst().nameserver();
  }

  private static boolean isLost(LookupRow row, LookupRow twin) {
    List<Attempt> others = twin.lookup().attempts();
    return isFirstLost(row.lookup().attempts())
        && !others.isEmpty()
        && others.getFirst().state().hasResponse()
        && Objects.equals(serverOf(row), serverOf(twin));
  }

  private static boolean isFirstLost(List<Attempt> attempts) {
    if (attempts.isEmpty() || attempts.getFirst().state().hasResponse()) {
      return false;
    }
    Attempt first = attempts.getFirst();
    if (first.cause() != null) {
      return first.cause().text().equals("dropped by netfilter");
    }
    if (attempts.size() > 1) {
      return attempts.get(1).timestampNs() - first.timestampNs() >= MIN_RETRY_NS;
    }
    return first.state() == AttemptState.TIMEOUT || first.durationNs() >= MIN_WAIT_NS;
  }
}
