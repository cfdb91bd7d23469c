package dev.jig.advise;

import dev.jig.event.Attempt;
import dev.jig.event.IpAddress;
import dev.jig.event.LookupRow;
import dev.jig.table.Lru;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/// What each client got from each server that it asked, for the rules about servers without answer.
/// Tries that other rules explain do not count: the lost one of a pair, and TCP after a truncated
/// answer.
public final class ServerUses implements LookupListener {
  private final ExampleBudget examples;
  private long forgotten;
  private final Lru<TallyKey, ServerUse> uses = new Lru<>(Tallies.MAX_SUBJECTS, this::onEvicted);

  public ServerUses(int maxEvidence) {
    this.examples = new ExampleBudget(maxEvidence);
  }

  /// A lookup has ended. Each server that it asked counts once.
  @Override
  public void onLookup(Observation lookup) {
    List<Attempt> attempts = lookup.attempts();
    for (int i = 0; i < attempts.size(); i++) {
      IpAddress server = attempts.get(i).nameserver();
      if (server != null && Tries.isFirstOf(server, attempts, i)) {
        addServer(lookup, server, attempts);
      }
    }
  }

  /// An answer came after its lookup had ended: the server is not silent.
  @Override
  public void onLateAnswer(LookupRow late, Client client) {
    IpAddress server = late.flow().nameserver();
    if (server != null) {
      use(TallyKey.of(client, server)).onAnswered(late.timestampNs(), examples);
    }
  }

  private void addServer(Observation lookup, IpAddress server, List<Attempt> attempts) {
    ServerUse use = use(TallyKey.of(lookup.client(), server));
    use.count();
    Attempt unanswered = null;
    long waitedNs = 0;
    for (int i = 0; i < attempts.size(); i++) {
      Attempt attempt = attempts.get(i);
      if (!server.equals(attempt.nameserver())) {
        continue;
      }
      if (attempt.state().hasResponse() || Tries.isAnsweredInVain(attempt)) {
        use.onAnswered(attempt.timestampNs(), examples);
        if (unanswered != null && isDropped(unanswered)) {
          break; // a later try got through: not all are dropped
        }
        return;
      }
      if (Tries.isUnanswered(attempts, i) && !isExplained(lookup, attempts, i)) {
        unanswered = attempt.cause() != null || unanswered == null ? attempt : unanswered;
        waitedNs += Tries.waitedNs(attempts, i);
      }
    }
    if (unanswered != null) {
      boolean elsewhere = !lookup.outcome().isUnanswered();
      use.onFault(
          TryFault.of(unanswered), lookup, waitedNs, unanswered.cause(), elsewhere, examples);
    }
  }

  private static boolean isDropped(Attempt unanswered) {
    return switch (TryFault.of(unanswered)) {
      case NETFILTER, OVERLOADED -> true;
      case PORT_CLOSED, UNREACHABLE, SILENT -> false;
    };
  }

  private static boolean isExplained(Observation lookup, List<Attempt> attempts, int index) {
    return index == 0 && lookup.twin() != null && Tries.isLostTwin(lookup.row(), lookup.twin())
        || Tries.isTcpAfterTruncation(attempts, index);
  }

  /// What a client got from a server, nothing yet if it is new.
  ServerUse use(TallyKey key) {
    return uses.computeIfAbsent(key, _ -> new ServerUse());
  }

  /// The tables by which it is added to those of other nodes.
  public List<TallyTable> tables() {
    return ServerUseTables.of(this);
  }

  void forEach(BiConsumer<TallyKey, ServerUse> action) {
    uses.forEach(action);
  }

  ExampleBudget examples() {
    return examples;
  }

  /// What the clients of each server got from it; of other nodes, the clients without a fault are
  /// one.
  public Map<IpAddress, List<ServerUse>> byServer() {
    Map<IpAddress, List<ServerUse>> found = new LinkedHashMap<>();
    uses.forEach((key, use) -> {
      if (key.server() != null) {
        found.computeIfAbsent(key.server(), _ -> new ArrayList<>()).add(use);
      }
    });
    return found;
  }

  private void onEvicted(ServerUse use) {
    forgotten += use.hasFault() ? 1 : 0;
    use.dropExamples(examples);
  }

  /// How many pairs of client and server with a fault were forgotten.
  public long forgotten() {
    return forgotten;
  }
}
