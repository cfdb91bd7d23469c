package dev.jig.container.cri;

import dev.jig.container.ContainerRuntime.Life;
import dev.jig.container.ContainerRuntime.News;
import dev.jig.event.Container;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The containers of a runtime whose events tell ids alone: joins what events say of a life with
/// what the daemon answered when asked for the rest. An answer asked before an event is stale as to
/// whether the container runs. One thread's own.
final class ContainerLives {
  private static final int REMOVED_AT_MOST = 10_000;

  /// @param running false for a sandbox too: it is known, and not listed
  record Described(Container container, boolean running) {}

  private static final class Member {
    @Nullable Container container;
    boolean running;
    long changed;
  }

  private final Consumer<News> news;
  private final Map<String, Member> members = new HashMap<>();

  /// Ended ones, and whether their names were told.
  private final Map<String, Boolean> removed =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > REMOVED_AT_MOST;
        }
      };

  private long eventCount;

  ContainerLives(Consumer<News> news) {
    this.news = news;
  }

  /// How many events there were: to be noted when asking.
  long eventCount() {
    return eventCount;
  }

  boolean isDescribed(String id) {
    Member member = members.get(id);
    return member != null && member.container != null;
  }

  /// Whether it runs, as far as events told.
  boolean isRunning(String id) {
    Member member = members.get(id);
    return member != null && member.running;
  }

  /// It exists; who it is will be answered.
  void created(String id) {
    members.computeIfAbsent(id, _ -> new Member()).changed = ++eventCount;
    removed.remove(id);
  }

  void started(String id, Instant at) {
    happened(id, true, Life.STARTED, at);
  }

  void stopped(String id, Instant at) {
    happened(id, false, Life.STOPPED, at);
  }

  private void happened(String id, boolean running, Life life, Instant at) {
    Member member = members.computeIfAbsent(id, _ -> new Member());
    member.changed = ++eventCount;
    member.running = running;
    if (member.container != null && !isSandbox(member.container)) {
      news.accept(new News.Happened(member.container, life, at));
    }
  }

  void removed(String id, Instant at) {
    Member member = members.remove(id);
    eventCount++;
    Container container = member == null ? null : member.container;
    removed.put(id, container != null);
    if (container != null) {
      news.accept(new News.Happened(container, Life.REMOVED, at));
    }
  }

  /// The daemon has described a container.
  ///
  /// @param asked the [#eventCount()] when it was asked
  void answered(Described answer, long asked) {
    Container container = answer.container();
    Boolean told = removed.get(container.id());
    if (told != null) {
      tellLate(container, told);
      return;
    }
    Member member = members.computeIfAbsent(container.id(), _ -> new Member());
    member.container = container;
    if (member.changed <= asked) {
      member.running = answer.running();
    }
    news.accept(new News.Described(container, member.running && !isSandbox(container)));
  }

  /// Removed before the answer came: its name is still of use for its last packets.
  private void tellLate(Container container, boolean told) {
    if (!told) {
      removed.put(container.id(), true);
      Instant now = Instant.now();
      news.accept(new News.Happened(container, Life.CREATED, now));
      news.accept(new News.Happened(container, Life.REMOVED, now));
    }
  }

  /// The daemon has listed all containers it has.
  ///
  /// @param asked the [#eventCount()] when it was asked
  void listed(List<Described> all, long asked) {
    Map<String, Described> byId = new HashMap<>();
    all.forEach(one -> byId.put(one.container().id(), one));
    members
        .entrySet()
        .removeIf(e -> !byId.containsKey(e.getKey()) && e.getValue().changed <= asked);
    byId.values().forEach(one -> answered(one, asked));
    news.accept(new News.Listed(Set.copyOf(members.keySet())));
  }

  private static boolean isSandbox(Container container) {
    return container.name() == null;
  }
}
