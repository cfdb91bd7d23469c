package dev.jig.advise.rules;

import dev.jig.advise.Counted;
import dev.jig.advise.FindingId;
import dev.jig.advise.Observation;
import dev.jig.advise.Tally;
import dev.jig.event.IpAddress;
import dev.jig.event.LookupRow;
import dev.jig.event.Owner;
import dev.jig.event.Question;
import dev.jig.event.Subject;
import dev.jig.table.Lru;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A query comes back to the server that forwarded it: servers of this machine ask each other one
/// question at one time. A tally counts these questions.
public final class Loop extends TallyRule {
  private static final long MIN_QUESTIONS = 3;
  private static final int MAX_PROCESSES = 1_024;
  private static final int MAX_QUESTIONS = 512;
  private static final int MAX_HOPS = 16;

  /// One process asks another.
  private record Hop(long from, long to, Observation lookup) {
    long startNs() {
      return lookup.row().timestampNs();
    }

    long endNs() {
      return startNs() + lookup.row().waitedNs();
    }
  }

  /// Who asked whom one question.
  private static final class Hops {
    final List<Hop> all = new ArrayList<>();
    boolean isReported;
  }

  /// Processes that ask, and those that are asked: only what does both can be part of a loop.
  private final Lru<Long, Boolean> asking = new Lru<>(MAX_PROCESSES);

  private final Lru<Long, Boolean> asked = new Lru<>(MAX_PROCESSES);
  private final Lru<String, Hops> byQuestion = new Lru<>(MAX_QUESTIONS);

  public Loop(int maxEvidence) {
    super(FindingId.LOOP, MIN_QUESTIONS, 0, maxEvidence);
  }

  @Override
  public void onLookup(Observation lookup) {
    LookupRow row = lookup.row();
    Owner from = row.subject().owner();
    Subject peer = row.peer();
    Owner to = peer == null ? null : peer.owner();
    Question question = row.dns().question();
    if (from == null || to == null || question == null) {
      return;
    }
    Hop hop = new Hop(from.processKey(), to.processKey(), lookup);
    asking.put(hop.from(), true);
    asked.put(hop.to(), true);
    if (hop.from() == hop.to() || asked.get(hop.from()) == null || asking.get(hop.to()) == null) {
      return;
    }
    String key = question.name().toLowerCase(Locale.ROOT) + " " + question.type();
    add(byQuestion.computeIfAbsent(key, _ -> new Hops()), hop);
  }

  private void add(Hops hops, Hop hop) {
    if (hops.isReported || hops.all.size() == MAX_HOPS) {
      return;
    }
    hops.all.add(hop);
    Hop back = backOf(hops.all, hop);
    IpAddress server = back == null ? null : back.lookup().server();
    if (back != null && server != null) {
      hops.isReported = true;
      Tally tally = tally(back.lookup(), server);
      tally.count();
      addFaulty(tally, back.lookup(), back.lookup().row().waitedNs(), null);
    }
  }

  /// The hop of a loop that leads back to the process that forwarded the question first; null if
  /// the hop closes no loop.
  private static @Nullable Hop backOf(List<Hop> all, Hop hop) {
    Set<Long> processes = new HashSet<>();
    if (!leads(all, hop.to(), hop.from(), hop, processes)) {
      return null;
    }
    Hop first = null;
    for (Hop each : all) {
      boolean inLoop = processes.contains(each.from()) && processes.contains(each.to());
      first = inLoop && (first == null || each.startNs() < first.startNs()) ? each : first;
    }
    Hop back = null;
    for (Hop each : all) {
      boolean leadsBack =
          first != null && each.to() == first.from() && processes.contains(each.from());
      back = leadsBack && (back == null || each.startNs() < back.startNs()) ? each : back;
    }
    return back;
  }

  /// Whether hops at the time of `during` lead from one process to another.
  ///
  /// @param reached receives the processes on the way
  private static boolean leads(List<Hop> all, long from, long to, Hop during, Set<Long> reached) {
    Deque<Long> open = new ArrayDeque<>(List.of(from));
    reached.add(from);
    while (!open.isEmpty()) {
      long at = open.removeFirst();
      for (Hop hop : all) {
        boolean overlaps = hop.startNs() <= during.endNs() && during.startNs() <= hop.endNs();
        if (hop.from() == at && overlaps && reached.add(hop.to())) {
          open.add(hop.to());
        }
      }
    }
    return reached.contains(to);
  }

  @Override
  List<String> summary(Tally tally) {
    return List.of(
        "%s came back to the server that forwarded them: servers of this machine ask each other."
            .formatted(Counted.of(tally.lookups(), "query", "queries")));
  }

  @Override
  String advice() {
    return "Give one of the servers another upstream: see its forward option, and the resolv.conf"
        + " that it reads (a resolver that reads its own address there asks itself).";
  }
}
