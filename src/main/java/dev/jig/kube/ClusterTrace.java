package dev.jig.kube;

import dev.jig.event.DnsEvent;
import dev.jig.kube.access.ClusterException;
import dev.jig.trace.RowDetails;
import dev.jig.wire.proto.Start;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A trace over all nodes: finds the agents, follows each, and merges their events. Agents that
/// come later are taken up; one that is gone is sought again.
public final class ClusterTrace {
  /// How often the agents are listed: a node that joins is seen so soon.
  private static final long LIST_INTERVAL_MS = 2_000;

  /// How long the header waits for slow nodes.
  private static final long MAX_START_MS = 10_000;

  /// How long streams get to end on their nodes.
  private static final long MAX_END_MS = 3_000;

  private static final int QUEUED_AT_MOST = 8_192;
  private static final int BATCH = 512;
  private static final long POLL_MS = 100;

  /// One name: neither several, nor one to leave out, nor what may be an id.
  private static final Pattern CONTAINER_NAME =
      Pattern.compile("(?![0-9a-f]{12,64}$)[a-z0-9][a-z0-9-]*");

  /// What to trace, as the user wrote it.
  ///
  /// @param details of which names of users and groups are out of an agent's reach
  /// @param nodes empty: all
  public record Request(
      List<String> filters,
      String ports,
      long dnsTimeoutNs,
      RowDetails details,
      PodSelection pods,
      Set<String> nodes) {

    /// Which pods; empty texts mean all.
    ///
    /// @param selector a label selector's text
    public record PodSelection(String namespace, String pod, String container, String selector) {}

    /// Whether pods may well be there without one that is wanted.
    public boolean selectsPods() {
      return !pods.equals(new PodSelection("", "", "", ""));
    }

    /// Whether a pod of the right namespace, name and labels is on a wanted node, with a container
    /// that may be meant.
    boolean mayMatch(Pod pod) {
      String node = pod.getSpec().getNodeName();
      return (nodes.isEmpty() || (node != null && nodes.contains(node)))
          && (!CONTAINER_NAME.matcher(pods.container()).matches()
              || pod.getSpec().getContainers().stream()
                  .anyMatch(it -> it.getName().equals(pods.container())));
    }

    Start startMessage() {
      return Start.newBuilder()
          .addAllFilters(filters)
          .setPorts(ports)
          .setDnsTimeoutNs(dnsTimeoutNs)
          .setPaths(details.paths())
          .setPeers(details.peers())
          .setMessages(details.messages())
          .setLookups(details.lookups())
          .setNamespace(pods.namespace())
          .setPod(pods.pod())
          .setContainer(pods.container())
          .setSelector(pods.selector())
          .build();
    }
  }

  /// Who shows what comes. Called on the thread that runs, but for the two that tell.
  public interface Viewer extends Consumer<DnsEvent> {
    /// Every agent known at the start has begun, or could not.
    void onStarted();

    /// So many events are missing.
    void onLost(long count);

    /// After a batch, also an empty one.
    void flush();

    /// A sentence for the user. Any thread.
    void inform(String sentence);

    /// A sentence for `-v`. Any thread.
    void debug(String sentence);
  }

  /// What was seen, at the end.
  ///
  /// @param nodes whose agents were followed
  /// @param lost events that are missing
  public record Summary(long rows, int nodes, long lost) {}

  /// An event, or a number of lost ones in its place.
  private record Item(@Nullable DnsEvent event, long lost) {}

  private final AgentTransport transport;
  private final Request request;
  private final String version;
  private final Viewer viewer;
  private final Map<String, NodeStreamClient> streams = new ConcurrentHashMap<>();
  private final Map<String, Cluster.Agent> agents = new ConcurrentHashMap<>();
  private final BlockingQueue<Item> queue = new ArrayBlockingQueue<>(QUEUED_AT_MOST);
  private final AtomicLong lost = new AtomicLong();
  private volatile boolean stopped;
  private boolean listFailed;
  private long rows;

  public ClusterTrace(Cluster cluster, Request request, String version, Viewer viewer) {
    this((AgentTransport) cluster, request, version, viewer);
  }

  ClusterTrace(AgentTransport road, Request request, String version, Viewer viewer) {
    this.transport = road;
    this.request = request;
    this.version = version;
    this.viewer = viewer;
  }

  /// Finds the agents.
  ///
  /// @throws ClusterException if there is none, or they may not be reached
  public void open() {
    List<Cluster.Agent> found = transport.listAgents();
    if (found.isEmpty()) {
      throw new ClusterException(
          "no gadget pods found in namespace \""
              + transport.gadgetNamespace()
              + "\": run kubectl gadget deploy");
    }
    transport.requirePortForwardPermission();
    updateAgents(found);
    if (streams.isEmpty()) {
      String nodes = String.join(",", request.nodes());
      viewer.inform("no agent runs on the node " + nodes + " yet, waiting for one.");
    }
  }

  private void updateAgents(List<Cluster.Agent> found) {
    agents.keySet().retainAll(found.stream().map(Cluster.Agent::node).toList());
    for (Cluster.Agent agent : found) {
      if (!request.nodes().isEmpty() && !request.nodes().contains(agent.node())) {
        continue;
      }
      // During a rollout a node may have two for a moment: the ready one counts.
      agents.merge(agent.node(), agent, (known, other) -> other.ready() ? other : known);
      streams.computeIfAbsent(agent.node(), this::startStream);
    }
    streams.values().forEach(NodeStreamClient::nudge);
  }

  private NodeStreamClient startStream(String node) {
    NodeStreamClient link =
        new NodeStreamClient(
            transport,
            node,
            () -> Optional.ofNullable(agents.get(node)),
            request.startMessage(),
            version,
            new Sink());
    link.start();
    return link;
  }

  /// Where a node's events go.
  private final class Sink implements NodeStreamClient.Sink {
    @Override
    public void event(DnsEvent event) throws InterruptedException {
      queue.put(new Item(event, 0));
    }

    @Override
    public void lost(long count) throws InterruptedException {
      queue.put(new Item(null, count));
    }

    @Override
    public void say(String sentence) {
      viewer.inform(sentence);
    }

    @Override
    public void debug(String sentence) {
      viewer.debug(sentence);
    }
  }

  /// Shows events until [#stop] or the time is over, then ends every stream.
  ///
  /// @param limitNs 0: without limit
  public Summary run(long limitNs) throws InterruptedException {
    long startNs = System.nanoTime();
    Thread lister = Thread.ofVirtual().name("list").start(this::watchAgents);
    boolean begun = false;
    while (!stopped && (limitNs == 0 || System.nanoTime() - startNs < limitNs)) {
      if (!begun) {
        long waitedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs);
        begun = waitedMs > MAX_START_MS || streams.values().stream().allMatch(NodeStreamClient::hasTried);
        if (begun) {
          viewer.onStarted();
        }
      }
      if (begun) {
        showBatch(this::lost);
      } else {
        TimeUnit.MILLISECONDS.sleep(POLL_MS / 10);
      }
    }
    stopped = true;
    lister.interrupt();
    endStreams();
    return new Summary(rows, streams.size(), lost.get());
  }

  private void lost(long count) {
    lost.addAndGet(count);
    viewer.onLost(count);
  }

  private void showBatch(LongConsumer onLost) throws InterruptedException {
    Item item = queue.poll(POLL_MS, TimeUnit.MILLISECONDS);
    for (int taken = 0; item != null && taken < BATCH; taken++) {
      if (item.event() != null) {
        rows++;
        viewer.accept(item.event());
      } else {
        onLost.accept(item.lost());
      }
      item = queue.poll();
    }
    if (item != null && item.event() != null) {
      rows++;
      viewer.accept(item.event());
    }
    viewer.flush();
  }

  private void watchAgents() {
    while (!stopped) {
      try {
        TimeUnit.MILLISECONDS.sleep(LIST_INTERVAL_MS);
        updateAgents(transport.listAgents());
        if (listFailed) {
          viewer.debug("the API server answers again.");
        }
        listFailed = false;
      } catch (InterruptedException e) {
        return;
      } catch (ClusterException e) {
        if (!listFailed) {
          viewer.debug("cannot list the agents, trying again: " + e.getMessage());
        }
        listFailed = true;
      }
    }
  }

  /// Ends [#run] soon; from any thread.
  public void stop() {
    stopped = true;
  }

  private void endStreams() throws InterruptedException {
    streams.values().forEach(NodeStreamClient::stop);
    long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MAX_END_MS);
    while (System.nanoTime() < deadlineNs
        && !(streams.values().stream().allMatch(NodeStreamClient::isOver) && queue.isEmpty())) {
      showBatch(this::lost);
    }
    streams.values().forEach(NodeStreamClient::abandon);
    viewer.flush();
  }
}
