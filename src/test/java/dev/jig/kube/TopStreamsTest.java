package dev.jig.kube;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.jig.advise.SampleLookup;
import dev.jig.agent.GadgetAgents;
import dev.jig.kube.ClusterTrace.Request.PodSelection;
import dev.jig.stats.KeyedStats;
import dev.jig.stats.LookupStats;
import dev.jig.top.Key;
import dev.jig.top.KeyColumn;
import dev.jig.top.ViewSpec;
import dev.jig.top.wire.KeyDecoder;
import dev.jig.trace.RowDetails;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// `top` over the streams of two agents, without a cluster.
@Timeout(60)
final class TopStreamsTest {
  private static final String VERSION = "0.1.0";
  private static final String A = "node-a";
  private static final String B = "node-b";

  private GadgetAgents agents;

  @BeforeEach
  void start() throws Exception {
    agents = new GadgetAgents(VERSION, A, B);
  }

  @AfterEach
  void stop() {
    agents.close();
  }

  /// Adds up what comes.
  private static final class Counting extends GadgetViewer {
    final KeyedStats<Key> sum = new KeyedStats<>();
    final Map<String, KeyDecoder> decoders = new HashMap<>();
    final List<KeyColumn> by;
    final ClusterTrace trace;
    final CompletableFuture<ClusterTrace.Summary> summary = new CompletableFuture<>();
    private volatile long soFar;

    Counting(Map<String, Integer> ports, ViewSpec view) {
      by = view.by();
      ClusterTrace.Request request =
          new ClusterTrace.Request(
              List.of(),
              "53",
              1_000_000_000,
              new RowDetails(false, false, false, false, true),
              new PodSelection("", "", "", ""),
              Set.of(),
              new GadgetRequest.Top(view));
      trace = new ClusterTrace(new LoopbackTransport(ports), request, VERSION, this);
      trace.open();
      Thread.ofPlatform().name("counting").start(this::run);
    }

    private void run() {
      try {
        summary.complete(trace.run(0));
      } catch (InterruptedException | RuntimeException e) {
        summary.completeExceptionally(e);
      }
    }

    /// Ends the streams and returns the lookups of each key.
    Map<String, Long> end() throws Exception {
      trace.stop();
      assertThat(summary.get(30, TimeUnit.SECONDS).lost()).isZero();
      Map<String, Long> totals = new TreeMap<>();
      sum.forEach((key, counted) -> totals.put(text(key), counted.total()));
      return totals;
    }

    private static String text(Key key) {
      return key.size() == 1 ? key.text(0) : key.text(0) + " " + key.text(1);
    }

    @Override
    public void onReport(String node, ByteString content) throws IOException {
      var _ = decoders.computeIfAbsent(node, name -> new KeyDecoder(by, name)).addTo(sum, content);
      soFar = sum.all().total();
    }
  }

  @Test
  void nodesAddUpAndHistogramsToo() throws Exception {
    Counting counting = start(ViewSpec.by(List.of(KeyColumn.NAME)));
    ask(A, "a.example.", 30, 10);
    ask(B, "a.example.", 10, 400);
    ask(B, "b.example.", 5, 10);

    assertThat(counting.end()).isEqualTo(Map.of("a.example.", 40L, "b.example.", 5L));
    LookupStats all = counting.sum.all();
    assertThat(all.ok()).isEqualTo(45);
    assertThat(all.quantileNs(0.5)).isBetween(9_000_000L, 11_000_000L);
    assertThat(all.quantileNs(0.95)).isBetween(370_000_000L, 430_000_000L);
    assertThat(all.maxNs()).isEqualTo(400_000_000L);
  }

  @Test
  void theNodeIsAKey() throws Exception {
    Counting counting = start(ViewSpec.by(List.of(KeyColumn.NODE, KeyColumn.NAME)));
    ask(A, "a.example.", 2, 1);
    ask(B, "a.example.", 3, 1);

    assertThat(counting.end()).isEqualTo(Map.of("node-a a.example.", 2L, "node-b a.example.", 3L));
  }

  @Test
  void aBrokenConnectionCostsNothing() throws Exception {
    Counting counting = start(ViewSpec.by(List.of(KeyColumn.NAME)));
    ask(A, "a.example.", 7, 1);
    await(() -> counting.soFar == 7);
    agents.breakConnection(A);
    ask(A, "a.example.", 8, 1);
    await(() -> counting.soFar == 15);
    ask(A, "a.example.", 1, 1);

    assertThat(counting.end()).isEqualTo(Map.of("a.example.", 16L));
  }

  @Test
  void conditionsAndFiltersHoldOnTheNodes() throws Exception {
    ViewSpec outer = ViewSpec.by(List.of(KeyColumn.COMM)).withFilter("name:a.example");
    Counting counting = start(Objects.requireNonNull(outer.into(new Key(new Object[] {"curl"}))));
    agents.watch(A, new SampleLookup().process(1, "curl").name("a.example.").answered().build());
    agents.watch(A, new SampleLookup().process(1, "curl").name("b.example.").answered().build());
    agents.watch(A, new SampleLookup().process(2, "wget").name("a.example.").answered().build());

    assertThat(counting.end()).isEqualTo(Map.of("a.example.", 1L));
  }

  private Counting start(ViewSpec view) throws InterruptedException {
    Counting counting = new Counting(agents.ports(), view);
    await(() -> agents.stream(A) != null && agents.stream(B) != null);
    return counting;
  }

  private void ask(String node, String name, int times, long ms) {
    for (int i = 0; i < times; i++) {
      agents.watch(
          node, new SampleLookup().name(name).answered(SampleLookup.SERVER, ms, 0).build());
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) { // bounded by the timeout of the class
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }
}
