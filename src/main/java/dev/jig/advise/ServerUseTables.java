package dev.jig.advise;

import dev.jig.event.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The tables as which nodes exchange [ServerUses]: one of the counts, and one for each kind of
/// fault.
final class ServerUseTables {
  private static final String NAME = "server-uses";

  private ServerUseTables() {}

  static List<TallyTable> of(ServerUses uses) {
    List<TallyTable> tables = new ArrayList<>();
    tables.add(new Counts(uses));
    for (TryFault kind : TryFault.values()) {
      tables.add(new Faults(uses, kind));
    }
    tables.add(new SilentSinceAnswer(uses));
    return List.copyOf(tables);
  }

  /// How often a client asked a server, and was answered. The clients without a fault are one
  /// subject.
  private record Counts(ServerUses uses) implements TallyTable {
    @Override
    public String name() {
      return NAME;
    }

    @Override
    public void export(TallySink sink) {
      Map<IpAddress, ServerUse> healthy = new HashMap<>();
      uses.forEach((key, use) -> {
        if (use.hasFault()) {
          sink.accept(NAME, key, tally(use));
        } else if (key.server() != null) {
          healthy.computeIfAbsent(key.server(), _ -> new ServerUse()).add(use);
        }
      });
      healthy.forEach((server, use) -> sink.accept(NAME, TallyKey.of(server), tally(use)));
    }

    private static Tally tally(ServerUse use) {
      Tally tally = new Tally();
      tally.count(use.lookups());
      tally.facts().add(Fact.ANSWERED, use.answered());
      tally.facts().add(Fact.ANSWERED_ELSEWHERE, use.answeredElsewhere());
      tally.facts().add(Fact.LAST_ANSWERED_NS, use.lastAnsweredNs());
      return tally;
    }

    @Override
    public void add(TallyKey key, Tally tally) {
      uses.use(key)
          .add(
              tally.of(),
              tally.fact(Fact.ANSWERED),
              tally.fact(Fact.ANSWERED_ELSEWHERE),
              tally.fact(Fact.LAST_ANSWERED_NS));
    }
  }

  /// The lookups with one kind of fault.
  private record Faults(ServerUses uses, TryFault kind) implements TallyTable {
    @Override
    public String name() {
      return NAME + "." + kind.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void export(TallySink sink) {
      uses.forEach((key, use) -> exportCase(sink, name(), key, use.fault(kind)));
    }

    @Override
    public void add(TallyKey key, Tally tally) {
      uses.use(key).add(kind, tally.faulty(), uses.examples());
    }
  }

  /// The lookups without answer since the last answer.
  private record SilentSinceAnswer(ServerUses uses) implements TallyTable {
    @Override
    public String name() {
      return NAME + ".since-answer";
    }

    @Override
    public void export(TallySink sink) {
      uses.forEach((key, use) -> exportCase(sink, name(), key, use.silentSinceAnswer()));
    }

    @Override
    public void add(TallyKey key, Tally tally) {
      uses.use(key).addSilentSinceAnswer(tally.faulty(), uses.examples());
    }
  }

  private static void exportCase(TallySink sink, String table, TallyKey key, @Nullable Case found) {
    if (found != null) {
      Tally tally = new Tally();
      tally.faulty().add(found, Integer.MAX_VALUE);
      sink.accept(table, key, tally);
    }
  }
}
