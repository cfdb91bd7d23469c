package dev.jig.advise.report;

import dev.jig.advise.Case;
import dev.jig.advise.Client;
import dev.jig.advise.Counted;
import dev.jig.advise.Durations;
import dev.jig.advise.Evidence;
import dev.jig.advise.Finding;
import dev.jig.advise.WatchedNode;
import dev.jig.advise.Window;
import dev.jig.dns.RecordType;
import dev.jig.event.Attempt;
import dev.jig.event.Cause;
import dev.jig.event.LookupRow;
import dev.jig.event.Outcome;
import dev.jig.event.Owner;
import dev.jig.event.Question;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The sentences that text and Markdown have in common. Raw: the writers escape them.
final class Sentences {
  private static final int MAX_CLIENTS = 3;
  private static final int MAX_NODES = 20;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);

  private Sentences() {}

  /// Such as `2 findings in 60 s · 4,812 lookups by 37 processes at 3 servers · 0 packets lost`.
  static String headline(Window window, int findings) {
    long seconds = Math.round((window.endNs() - window.startNs()) / 1e9);
    String time = Counted.number(seconds) + " s";
    if (window.lookups() == 0) {
      return "no lookups seen in " + time;
    }
    String processes =
        window.processes() == 0
            ? ""
            : " by " + Counted.of(window.processes(), "process", "processes");
    long watched = window.nodes().stream().filter(WatchedNode::watched).count();
    String nodes = window.nodes().isEmpty() ? "" : " on " + Counted.of(watched, "node", "nodes");
    return "%s in %s · %s%s at %s%s · %s lost"
        .formatted(
            Counted.of(findings, "finding", "findings"),
            time,
            Counted.of(window.lookups(), "lookup", "lookups"),
            processes,
            Counted.of(window.servers(), "server", "servers"),
            nodes,
            Counted.of(window.packetsLost(), "packet", "packets"));
  }

  /// What limits the report, one sentence each.
  static List<String> limits(Window window, int findings) {
    List<String> limits = new ArrayList<>();
    if (window.packetsLost() > 0) {
      limits.add(
          findings == 0
              ? "Packets were lost: that nothing was found proves nothing."
              : "Packets were lost: answers may be missing from the counts, and faults from the"
                  + " list.");
    }
    limits.addAll(limitsOfNodes(window.nodes()));
    if (window.forgotten() > 0) {
      limits.add(
          Counted.of(window.forgotten(), "subject with a fault was", "subjects with faults were")
              + " forgotten: there were more than the rules can keep.");
    }
    return limits;
  }

  /// Which nodes lost packets, or were not watched throughout.
  private static List<String> limitsOfNodes(List<WatchedNode> nodes) {
    List<String> limits = new ArrayList<>();
    for (WatchedNode node : nodes) {
      if (node.gap() != null) {
        limits.add("Node %s: %s.".formatted(node.node(), node.gap()));
      }
      if (node.packetsLost() > 0) {
        String lost = Counted.of(node.packetsLost(), "packet was", "packets were");
        limits.add("Node %s: %s lost.".formatted(node.node(), lost));
      }
    }
    if (limits.size() <= MAX_NODES) {
      return limits;
    }
    List<String> shown = new ArrayList<>(limits.subList(0, MAX_NODES));
    shown.add("And %s more of that kind.".formatted(Counted.number(limits.size() - MAX_NODES)));
    return shown;
  }

  /// Such as `shop/checkout (python3) → 10.96.0.10`.
  static String subject(Finding finding) {
    String clients = clients(finding);
    String zone = finding.zone() == null ? "" : " for " + finding.zone();
    return finding.nameserver() == null ? clients : clients + "  →  " + finding.nameserver() + zone;
  }

  private static String clients(Finding finding) {
    List<String> labels = finding.clients().stream().map(Client::label).sorted().toList();
    if (labels.size() <= MAX_CLIENTS) {
      return String.join(", ", labels);
    }
    return Counted.of(labels.size(), "client", "clients")
        + ": "
        + labels.stream().limit(MAX_CLIENTS).collect(Collectors.joining(", "))
        + ", …";
  }

  /// Such as `dropped by netfilter on the client's side (NETFILTER_DROP, 41 times)`; null if the
  /// kernel reported nothing.
  static @Nullable String cause(Finding finding) {
    Map.Entry<Cause, Long> main = finding.evidence().mainCause();
    if (main == null) {
      return null;
    }
    Cause cause = main.getKey();
    String where =
        switch (cause.at()) {
          case CLIENT -> "on the client's side";
          case SERVER -> "on the server's side";
          case PATH -> "on the way";
        };
    return "%s %s (%s, %s)"
        .formatted(
            cause.text(), where, cause.reason(), Counted.of(main.getValue(), "time", "times"));
  }

  /// An example: when, name, type, how it ended, the twin, the process.
  static String example(Evidence evidence) {
    LookupRow row = evidence.row();
    Question question = row.dns().question();
    StringBuilder text = new StringBuilder(time(row.timestampNs()));
    if (evidence.text() != null) {
      text.append("  ").append(evidence.text());
    } else {
      text.append("  ").append(question == null ? "(name unknown)" : question.name());
      text.append("  ").append(question == null ? "" : RecordType.mnemonic(question.type()));
      text.append("  ").append(ending(row));
    }
    LookupRow twin = evidence.twin();
    Question other = twin == null ? null : twin.dns().question();
    if (twin != null && other != null) {
      text.append("   ").append(RecordType.mnemonic(other.type())).append(' ').append(ending(twin));
    }
    Owner owner = row.subject().owner();
    return text.append(owner == null ? "" : "   pid " + owner.pid()).toString();
  }

  private static String ending(LookupRow row) {
    Outcome outcome = row.outcome();
    int tries = row.lookup().tries();
    if (row.isAnswered()) {
      String how = outcome == Outcome.OK ? "answered" : text(outcome);
      int answered = answeredTry(row.lookup().attempts());
      return how
          + (answered > 1 ? " at try " + answered : "")
          + " after "
          + Durations.text(row.latencyNs());
    }
    List<Attempt> attempts = row.lookup().attempts();
    long waitedNs =
        attempts.isEmpty()
            ? 0
            : attempts.getLast().timestampNs()
                + attempts.getLast().durationNs()
                - row.timestampNs();
    Cause cause = row.cause();
    return "no answer"
        + (tries > 1 ? " to " + tries + " tries" : "")
        + " in "
        + Durations.text(waitedNs)
        + (cause == null ? "" : ": " + cause.text());
  }

  /// The number of the first try that was answered: glibc also repeats what is answered if its twin
  /// is not.
  private static int answeredTry(List<Attempt> attempts) {
    for (int i = 0; i < attempts.size(); i++) {
      if (attempts.get(i).state().hasResponse()) {
        return i + 1;
      }
    }
    return attempts.size();
  }

  private static String text(@Nullable Outcome outcome) {
    return outcome == null ? "answered" : outcome.name();
  }

  /// When it was seen first and last.
  static String since(Finding finding) {
    Case evidence = finding.evidence();
    return "Since %s, last seen %s.".formatted(time(evidence.firstNs()), time(evidence.lastNs()));
  }

  /// What to do, to follow a colon.
  static String imperative(String advice) {
    return advice.substring(0, 1).toLowerCase(Locale.ROOT) + advice.substring(1);
  }

  private static String time(long ns) {
    Instant instant = Instant.ofEpochSecond(ns / 1_000_000_000, ns % 1_000_000_000);
    return TIME.format(instant.atZone(ZoneId.systemDefault()));
  }
}
