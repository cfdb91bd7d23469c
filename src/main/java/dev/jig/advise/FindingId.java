package dev.jig.advise;

import static dev.jig.advise.Severity.ERROR;
import static dev.jig.advise.Severity.INFO;
import static dev.jig.advise.Severity.WARNING;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// The kinds of findings.
public enum FindingId {
  LOST_TWIN(ERROR, "of A and AAAA asked together, one got no answer; the client waits for it"),
  TCP_BLOCKED(ERROR, "an answer is too long for UDP, and nothing comes over TCP"),
  PORT_CLOSED(ERROR, "the server's host says that nothing listens on the port"),
  UNREACHABLE(ERROR, "the server's host or network cannot be reached, or a device is down"),
  BLOCKED(ERROR, "a filter drops packets, or a server answers others but not this client"),
  OVERLOADED_SERVER(ERROR, "a server's receive buffer is full: it reads too slowly"),
  DEAD_NAMESERVER(ERROR, "a server never answers, and each lookup waits before it asks another"),
  UNANSWERED(ERROR, "a server does not answer at all"),
  LOOP(ERROR, "a query comes back to the server that forwarded it"),
  CONFLICTING_ANSWERS(ERROR, "one query gets two answers that differ"),
  BOGUS(ERROR, "a resolver refuses answers that fail DNSSEC validation"),
  SERVER_FAILURE(ERROR, "a server answers SERVFAIL, for a zone or for all"),
  REFUSED_BY_SERVER(WARNING, "a server answers REFUSED: it does not serve this client or zone"),
  SLOW_SERVER(WARNING, "a server is much slower than the others of the same client"),
  SLOW_UPSTREAM(WARNING, "a resolver on this machine waits for the server that it asks"),
  LATE_ANSWERS(WARNING, "answers come after the client has given up"),
  EDNS_TROUBLE(WARNING, "queries with EDNS fail, and without EDNS are answered"),
  SEARCH_PATH(WARNING, "most queries ask for names that the search list makes"),
  NO_SUCH_NAME(WARNING, "a client asks again and again for a name that does not exist"),
  TCP_FALLBACK(INFO, "many answers are too long for UDP, and come over TCP"),
  UNCACHED(INFO, "a process asks again for what it was just answered");

  private final Severity severity;
  private final String meaning;

  FindingId(Severity severity, String meaning) {
    this.severity = severity;
    this.meaning = meaning;
  }

  /// The name for users, such as `lost-twin`.
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public Severity severity() {
    return severity;
  }

  /// What it means, in a few words.
  public String meaning() {
    return meaning;
  }

  /// The id with this name.
  public static Optional<FindingId> of(String text) {
    return Arrays.stream(values()).filter(id -> id.text().equals(text)).findFirst();
  }
}
