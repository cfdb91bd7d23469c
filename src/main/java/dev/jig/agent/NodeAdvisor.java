package dev.jig.agent;

import com.google.protobuf.ByteString;
import dev.jig.advise.Advisor;
import dev.jig.advise.Finding;
import dev.jig.advise.FindingId;
import dev.jig.advise.NodeTally;
import dev.jig.advise.rules.AllRules;
import dev.jig.advise.wire.NodeStatus;
import dev.jig.advise.wire.TallyEncoder;
import dev.jig.event.Row;
import dev.jig.names.SearchLists;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Lets the rules of `advise` watch the lookups. What they have counted is reported at the end; the
/// client adds it up and applies the thresholds.
final class NodeAdvisor implements NodeGadget {
  private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(20);

  /// Rules look at all subjects to say what they have found: that may take this share of the time,
  /// 1 of 100.
  private static final int COUNT_SHARE = 100;

  private static final long MIN_COUNT_INTERVAL_NS = TimeUnit.SECONDS.toNanos(5);

  private final Advisor advisor;
  private long tickNs = System.nanoTime();
  private long countDueNs = tickNs;
  private List<Finding> findings = List.of();

  /// @param lists search lists that are known besides what the names asked show
  NodeAdvisor(int examples, SearchLists lists) {
    this.advisor = new Advisor(AllRules.create(lists, examples), lists);
  }

  @Override
  public synchronized void accept(Row row) {
    long nowNs = System.nanoTime();
    advisor.onRow(row, nowNs);
    if (nowNs - tickNs >= TICK_NS) {
      tickNs = nowNs;
      advisor.tick(nowNs);
    }
  }

  @Override
  public synchronized ByteString status() {
    long nowNs = System.nanoTime();
    if (nowNs - countDueNs >= 0) {
      findings = advisor.findings(EnumSet.allOf(FindingId.class));
      long tookNs = System.nanoTime() - nowNs;
      countDueNs = nowNs + Math.max(MIN_COUNT_INTERVAL_NS, COUNT_SHARE * tookNs);
    }
    return NodeStatus.of(advisor.lookups(), findings).encode();
  }

  @Override
  public synchronized Iterator<ByteString> reports(boolean last) {
    if (!last) {
      return Collections.emptyIterator();
    }
    advisor.finish();
    List<NodeTally> tallies = new ArrayList<>();
    advisor.export((table, key, tally) -> tallies.add(new NodeTally(table, key, tally)));
    return new TallyEncoder(tallies, advisor.nodeWindow());
  }

  /// 46 MB were measured with 41,000 tallies of a hostile load, and as much again for names that
  /// wait.
  @Override
  public int maxHeapMb() {
    return 60;
  }

  @Override
  public synchronized Map<String, Object> counters() {
    return Map.of("lookups", advisor.lookups());
  }
}
