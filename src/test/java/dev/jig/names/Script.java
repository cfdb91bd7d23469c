package dev.jig.names;

import dev.jig.dns.Rcode;
import dev.jig.dns.RecordType;
import dev.jig.event.Attempt;
import dev.jig.event.AttemptState;
import dev.jig.event.Attribution;
import dev.jig.event.Container;
import dev.jig.event.Dns;
import dev.jig.event.Endpoint;
import dev.jig.event.Flags;
import dev.jig.event.Flow;
import dev.jig.event.IpAddress;
import dev.jig.event.Lookup;
import dev.jig.event.LookupRow;
import dev.jig.event.NameRow;
import dev.jig.event.Owner;
import dev.jig.event.PacketType;
import dev.jig.event.Protocol;
import dev.jig.event.Question;
import dev.jig.event.Row;
import dev.jig.event.State;
import dev.jig.event.Subject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Lookups of scripted resolvers, given to a folder in the order in which a trace emits them: twins
/// together, a single A or AAAA 100 ms after its query, a server failure 500 ms after its answer.
final class Script {
  private static final long MS = 1_000_000;
  private static final IpAddress SERVER = IpAddress.v4(0x0a00000a);
  static final IpAddress CLIENT = IpAddress.v4(0x0a000002);

  private record Event(long atMs, Runnable action) {}

  private final List<Event> events = new ArrayList<>();
  private final List<NameRow> rows = new ArrayList<>();
  private final List<Long> emittedMs = new ArrayList<>();
  private long nowMs;
  private final Map<Integer, Subject> subjects = new HashMap<>();
  private final NameFolder folder;
  private final boolean seesQueries;
  private int queries;

  /// The thread of the next lookups; 0: the process is unknown.
  private int thread = 1;

  private int process = 100;
  private @Nullable Container container;

  private Script(SearchLists lists, boolean seesQueries) {
    this.seesQueries = seesQueries;
    folder =
        seesQueries ? NameFolder.withQueries(lists, this::onRow) : new NameFolder(lists, rows::add);
  }

  private void onRow(NameRow row) {
    rows.add(row);
    emittedMs.add(nowMs);
  }

  static Script of(@Nullable SearchList list) {
    return new Script(_ -> list, true);
  }

  /// A folder that sees no queries.
  static Script ofLookupsOnly(@Nullable SearchList list) {
    return new Script(_ -> list, false);
  }

  Script thread(int id) {
    thread = id;
    return this;
  }

  Script process(int pid, @Nullable Container of) {
    process = pid;
    thread = pid;
    container = of;
    return this;
  }

  /// A and AAAA at once.
  ///
  /// @param result `ok`, `nodata`, `nxdomain`, `servfail` or `timeout`
  Script pair(long startMs, long tookMs, String name, String result) {
    return pair(startMs, tookMs, name, result, result);
  }

  Script pair(long startMs, long tookMs, String name, String resultA, String resultAaaa) {
    long emitted = startMs + tookMs + (isRetried(resultA) || isRetried(resultAaaa) ? 500 : 0);
    State twin = stateOf(resultA);
    add(startMs, tookMs, emitted, name, RecordType.A, resultA, stateOf(resultAaaa), 1);
    add(startMs, tookMs, emitted, name, RecordType.AAAA, resultAaaa, twin, 1);
    return this;
  }

  /// One type alone.
  Script one(long startMs, long tookMs, String name, String type, String result) {
    return one(startMs, tookMs, name, type, result, 1);
  }

  Script one(long startMs, long tookMs, String name, String type, String result, int tries) {
    long emitted = startMs + Math.max(tookMs, 100) + (isRetried(result) ? 500 : 0);
    add(startMs, tookMs, emitted, name, number(type), result, null, tries);
    return this;
  }

  private static int number(String type) {
    return switch (type) {
      case "A" -> RecordType.A;
      case "AAAA" -> RecordType.AAAA;
      case "MX" -> 15;
      default -> throw new IllegalArgumentException(type);
    };
  }

  private static boolean isRetried(String result) {
    return result.equals("servfail");
  }

  private static State stateOf(String result) {
    return result.equals("timeout") ? State.TIMEOUT : State.ANSWERED;
  }

  private void add(
      long startMs,
      long tookMs,
      long emittedMs,
      String name,
      int type,
      String result,
      @Nullable State twin,
      int tries) {
    LookupRow row = row(startMs, tookMs, name, type, result, twin, tries);
    queries += tries;
    if (seesQueries) {
      Question question = Objects.requireNonNull(row.dns().question());
      long at = row.timestampNs();
      events.add(new Event(startMs, () -> folder.onQuery(row.subject(), CLIENT, question, at)));
    }
    events.add(new Event(emittedMs, () -> folder.onLookup(row)));
  }

  private LookupRow row(
      long startMs,
      long tookMs,
      String name,
      int type,
      String result,
      @Nullable State twin,
      int tries) {
    State state = stateOf(result);
    boolean isAnswered = state == State.ANSWERED;
    int rcode = isAnswered ? rcode(result) : 0;
    boolean isOk = result.equals("ok");
    List<IpAddress> addresses =
        !isOk
            ? List.of()
            : List.of(type == RecordType.AAAA ? IpAddress.v6(1, 2) : IpAddress.v4(0x01020304));
    List<Attempt> attempts = new ArrayList<>();
    for (int i = 0; i < tries; i++) {
      boolean isLast = i == tries - 1;
      attempts.add(
          new Attempt(
              (startMs + i) * MS,
              Protocol.UDP,
              SERVER,
              i,
              isLast && isAnswered ? AttemptState.ANSWERED : AttemptState.TIMEOUT,
              null,
              isLast ? tookMs * MS - i * MS : MS,
              isLast && isAnswered ? rcode : null,
              1));
    }
    return new LookupRow(
        startMs * MS,
        subject(),
        new Flow(
            new Endpoint(CLIENT, 1024),
            new Endpoint(SERVER, 53),
            Protocol.UDP,
            PacketType.OUTGOING,
            SERVER),
        new Dns(
            1, new Question(name, type), Flags.NONE, rcode, isOk ? 1 : 0, isOk, addresses, null),
        state,
        null,
        isAnswered ? tookMs * MS : Row.NO_LATENCY,
        null,
        new Lookup(tries, attempts, twin, null, null));
  }

  private static int rcode(String result) {
    return switch (result) {
      case "nxdomain" -> Rcode.NX_DOMAIN;
      case "servfail" -> Rcode.SERV_FAIL;
      default -> Rcode.NO_ERROR;
    };
  }

  private Subject subject() {
    if (thread == 0) {
      return Subject.UNKNOWN;
    }
    return subjects.computeIfAbsent(
        process << 16 | thread,
        _ -> {
          Owner owner = new Owner(process, thread, 0, 0, "app", 1, "sh", 7, 8, process, null);
          return new Subject(null, container, owner, Attribution.EXACT);
        });
  }

  int queries() {
    return queries;
  }

  /// When each row was emitted.
  List<Long> emittedMs() {
    return emittedMs;
  }

  NameFolder folder() {
    return folder;
  }

  /// Runs until all rows are emitted, with a tick every 20 ms.
  List<NameRow> run() {
    events.sort(Comparator.comparingLong(Event::atMs));
    for (Event event : events) {
      for (; nowMs + 20 <= event.atMs(); nowMs += 20) {
        folder.tick(nowMs * MS);
      }
      nowMs = Math.max(nowMs, event.atMs());
      event.action().run();
    }
    folder.finish();
    return rows;
  }

  /// `name → found outcome queries/wasted/searched source`, a line of each row, in the order of
  /// their first queries.
  String text() {
    StringBuilder text = new StringBuilder();
    run().stream()
        .sorted(Comparator.comparingLong(NameRow::timestampNs))
        .forEach(row ->
            text.append(row.name())
                .append(" → ")
                .append(row.found() == null ? "-" : row.found())
                .append(' ')
                .append(row.outcome().name().toLowerCase(Locale.ROOT))
                .append(' ')
                .append(row.queries() + "/" + row.wasted() + "/" + row.searched())
                .append(' ')
                .append(
                    row.searchFrom() == null
                        ? "-"
                        : row.searchFrom().name().toLowerCase(Locale.ROOT))
                .append('\n'));
    return text.toString();
  }
}
