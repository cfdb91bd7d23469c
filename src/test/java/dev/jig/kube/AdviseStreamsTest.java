package dev.jig.kube;

import static dev.jig.advise.SampleLookup.SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.jig.advise.Client;
import dev.jig.advise.Finding;
import dev.jig.advise.FindingId;
import dev.jig.advise.NodeSum;
import dev.jig.advise.SampleLookup;
import dev.jig.advise.rules.AllRules;
import dev.jig.advise.wire.NodeStatus;
import dev.jig.advise.wire.TallyBatch;
import dev.jig.advise.wire.TallyDecoder;
import dev.jig.agent.GadgetAgents;
import dev.jig.agent.GadgetAgents.OnStop;
import dev.jig.event.AttemptState;
import dev.jig.kube.ClusterTrace.NodeSummary;
import dev.jig.kube.ClusterTrace.Request.PodSelection;
import dev.jig.names.SearchLists;
import dev.jig.trace.RowDetails;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// `advise` over the streams of two agents, without a cluster.
@Timeout(60)
final class AdviseStreamsTest {
  private static final String VERSION = "0.1.0";
  private static final String A = "node-a";
  private static final String B = "node-b";

  private GadgetAgents agents;
  private Watcher watcher;

  @BeforeEach
  void start() throws Exception {
    agents = new GadgetAgents(VERSION, A, B);
    watcher = new Watcher(agents.ports());
    await(() -> agents.stream(A) != null && agents.stream(B) != null);
  }

  @AfterEach
  void stop() {
    agents.close();
  }

  /// Adds up what comes.
  private static final class Watcher extends GadgetViewer {
    final NodeSum sum = new NodeSum(AllRules.create(SearchLists.NONE, 3));
    final Map<String, TallyDecoder> decoders = new HashMap<>();
    final Map<String, NodeStatus> states = new HashMap<>();
    final List<String> messages = new ArrayList<>();
    final ClusterTrace trace;
    final CompletableFuture<ClusterTrace.Summary> summary = new CompletableFuture<>();

    Watcher(Map<String, Integer> ports) {
      ClusterTrace.Request request =
          new ClusterTrace.Request(
              List.of(),
              "53",
              1_000_000_000,
              new RowDetails(false, false, true, true, true),
              new PodSelection("", "", "", ""),
              Set.of(),
              new GadgetRequest.Advise(3));
      trace = new ClusterTrace(new LoopbackTransport(ports), request, VERSION, this);
      trace.open();
      Thread.ofPlatform().name("watcher").start(this::run);
    }

    private void run() {
      try {
        summary.complete(trace.run(0));
      } catch (InterruptedException | RuntimeException e) {
        summary.completeExceptionally(e);
      }
    }

    ClusterTrace.Summary end() throws Exception {
      trace.stop();
      return summary.get(30, TimeUnit.SECONDS);
    }

    List<Finding> findings() {
      return sum.findings(EnumSet.allOf(FindingId.class));
    }

    @Override
    public void onReport(String node, ByteString content) throws IOException {
      TallyBatch batch = decoders.computeIfAbsent(node, TallyDecoder::new).decode(content);
      batch.tallies().forEach(sum::add);
      if (batch.window() != null) {
        sum.add(batch.window());
      }
    }

    @Override
    public synchronized void onStatus(String node, ByteString content) throws IOException {
      states.put(node, NodeStatus.decode(content));
    }

    synchronized long lookupsSoFar() {
      return states.values().stream().mapToLong(NodeStatus::lookups).sum();
    }

    @Override
    public synchronized void inform(String sentence) {
      messages.add(sentence);
    }

    @Override
    public void debug(String sentence) {
      inform(sentence);
    }
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadlineNs);
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private void watchSilence(String node, int count) {
    for (int i = 0; i < count; i++) {
      agents.watch(
          node,
          new SampleLookup().at(i).unanswered(SERVER, AttemptState.TIMEOUT, 10_000, null).build());
    }
  }

  @Test
  void oneFaultOfTwoNodesIsOneFinding() throws Exception {
    watchSilence(A, 4);
    watchSilence(B, 3);
    agents.losePackets(B, 12);
    await(() -> watcher.lookupsSoFar() == 7);

    ClusterTrace.Summary summary = watcher.end();

    assertThat(watcher.findings()).extracting(Finding::id).containsExactly(FindingId.UNANSWERED);
    Finding found = watcher.findings().getFirst();
    assertThat(found.lookups()).isEqualTo(7);
    assertThat(found.clients()).extracting(Client::node).containsExactlyInAnyOrder(A, B);
    assertThat(watcher.sum.window().lookups()).isEqualTo(7);
    assertThat(summary.ofNodes())
        .containsExactly(new NodeSummary(A, true, 0, null), new NodeSummary(B, true, 12, null));
    assertThat(watcher.messages).isEmpty();
  }

  @Test
  void aBrokenConnectionLosesNothing() throws Exception {
    watchSilence(A, 4);
    agents.breakConnection(A);
    watchSilence(A, 4); // while there is no connection
    await(() -> watcher.lookupsSoFar() == 8);

    ClusterTrace.Summary summary = watcher.end();

    assertThat(watcher.findings().getFirst().lookups()).isEqualTo(8);
    assertThat(summary.ofNodes()).allMatch(node -> node.gap() == null);
  }

  @Test
  void aConnectionThatBreaksBeforeTheReportIsResumed() throws Exception {
    watchSilence(A, 6);
    agents.setOnStop(A, OnStop.BREAK);

    ClusterTrace.Summary summary = watcher.end();

    assertThat(watcher.findings().getFirst().lookups()).isEqualTo(6);
    assertThat(summary.ofNodes()).allMatch(node -> node.gap() == null);
  }

  @Test
  void aRestartedAgentIsAGap() throws Exception {
    watchSilence(A, 9);
    String before = agents.stream(A);
    agents.restart(A);
    await(() -> agents.stream(A) != null && !agents.stream(A).equals(before));
    watchSilence(A, 6);

    ClusterTrace.Summary summary = watcher.end();

    assertThat(watcher.findings().getFirst().lookups()).isEqualTo(6);
    assertThat(summary.ofNodes().getFirst().gap())
        .matches("what it saw before \\d\\d:\\d\\d:\\d\\dZ is missing, its agent was restarted");
    assertThat(summary.ofNodes().getLast().gap()).isNull();
  }

  @Test
  void aNodeThatVanishedIsNamed() throws Exception {
    watchSilence(A, 9);
    watchSilence(B, 9);
    agents.shutDown(B);

    ClusterTrace.Summary summary = watcher.end();

    assertThat(watcher.findings().getFirst().lookups()).isEqualTo(9);
    assertThat(summary.ofNodes().getLast().watched()).isTrue();
    assertThat(summary.ofNodes().getLast().gap()).contains("something may be missing");
  }
}
