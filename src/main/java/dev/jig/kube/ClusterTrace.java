package dev.jig.kube;

import com.google.protobuf.ByteString;
import dev.jig.event.Row;
import dev.jig.event.UserFacingException;
import dev.jig.trace.RowDetails;
import dev.jig.wire.proto.Start;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A trace over all nodes: finds the agents, keeps a stream to each, and merges their events. Nodes
/// that join are included, and an agent that goes away is replaced by its successor.
public final class ClusterTrace {
  /// How often the agents are listed, so how soon a new node is included.
  private static final long LIST_INTERVAL_MS = 2_000;

  /// How long [Viewer#onStarted] waits for slow nodes.
  private static final long MAX_START_MS = 10_000;

  private static final long START_POLL_MS = 10;

  /// How long streams may take to end on their nodes.
  private static final long MAX_END_MS = 3_000;

  /// The same where a gadget reports at its end; below the 10 s after which Ctrl-C halts.
  private static final long MAX_REPORT_MS = 8_000;

  /// A plain container name; not a list, an exclusion or a container id of 12 to 64 digits.
  private static final Pattern CONTAINER_NAME =
      Pattern.compile("(?![0-9a-f]{12,64}$)[a-z0-9][a-z0-9-]*");

  /// What to trace, as the user wrote it.
  ///
  /// @param details agents have no names of users and groups
  /// @param nodes empty: all
  /// @param gadget what the nodes make of the rows
  public record Request(
      List<String> filters,
      String ports,
      long dnsTimeoutNs,
      RowDetails details,
      PodSelection pods,
      Set<String> nodes,
      GadgetRequest gadget) {

    /// A request for rows.
    public Request(
        List<String> filters,
        String ports,
        long dnsTimeoutNs,
        RowDetails details,
        PodSelection pods,
        Set<String> nodes) {
      this(filters, ports, dnsTimeoutNs, details, pods, nodes, GadgetRequest.ROWS);
    }

    /// Which pods; an empty string: all.
    ///
    /// @param selector a label selector
    public record PodSelection(String namespace, String pod, String container, String selector) {}

    /// Whether pods are selected by anything, so that possibly none matches.
    public boolean selectsPods() {
      return !pods.equals(new PodSelection("", "", "", ""));
    }

    /// Whether a pod that has the right namespace, name and labels also is on a selected node and
    /// may have a selected container.
    boolean mayMatch(Pod pod) {
      String node = pod.getSpec().getNodeName();
      return (nodes.isEmpty() || (node != null && nodes.contains(node)))
          && (!CONTAINER_NAME.matcher(pods.container()).matches()
              || pod.getSpec().getContainers().stream()
                  .anyMatch(it -> it.getName().equals(pods.container())));
    }

    Start startMessage() {
      Start.Builder start = Start.newBuilder();
      gadget.addTo(start);
      return start
          .addAllFilters(filters)
          .setPorts(ports)
          .setDnsTimeoutNs(dnsTimeoutNs)
          .setPaths(details.paths())
          .setPeers(details.peers())
          .setMessages(details.messages())
          .setLookups(details.lookups())
          .setNames(details.hasNames())
          .setNamespace(pods.namespace())
          .setPod(pods.pod())
          .setContainer(pods.container())
          .setSelector(pods.selector())
          .build();
    }
  }

  /// Shows the trace to the user. Called on the thread of [#run], except where noted.
  public interface Viewer {
    /// Each agent known at the start has started its stream or failed to; no later than 10 s.
    void onStarted();

    void onEvent(Row event);

    /// A report of a gadget.
    ///
    /// @throws IOException if it is damaged
    default void onReport(String node, ByteString content) throws IOException {}

    /// The newest status of a gadget.
    ///
    /// @throws IOException if it is damaged
    default void onStatus(String node, ByteString content) throws IOException {}

    /// This many events are missing here.
    void onLost(long count);

    /// After each batch, also an empty one: at least every 100 ms.
    void flush();

    /// A sentence for the user. Any thread.
    void inform(String sentence);

    /// A sentence for `-v`. Any thread.
    void debug(String sentence);
  }

  /// The totals at the end.
  ///
  /// @param nodes nodes traced
  /// @param lost events missing
  /// @param ofNodes of each node traced, and of those that were asked for and are not, by name
  public record Summary(long rows, int nodes, long lost, List<NodeSummary> ofNodes) {}

  /// What is known of one node at the end.
  ///
  /// @param watched whether a stream was ever started
  /// @param lost events missing
  /// @param gap what else is missing, to follow the node's name and a colon; null: nothing
  public record NodeSummary(String node, boolean watched, long lost, @Nullable String gap) {}

  private final AgentTransport transport;
  private final Request request;
  private final String version;
  private final Viewer viewer;
  private final EventQueue queue = new EventQueue();
  private final Map<String, NodeStreamClient> streams = new ConcurrentHashMap<>();
  private final Map<String, Cluster.Agent> agents = new ConcurrentHashMap<>();

  /// The cluster's nodes, as far as the user may list them and a gadget reports about them.
  private volatile Set<String> otherNodes = Set.of();

  private volatile boolean stopped;

  public ClusterTrace(Cluster cluster, Request request, String version, Viewer viewer) {
    this((AgentTransport) cluster, request, version, viewer);
  }

  ClusterTrace(AgentTransport transport, Request request, String version, Viewer viewer) {
    this.transport = transport;
    this.request = request;
    this.version = version;
    this.viewer = viewer;
  }

  /// Finds the agents and starts their streams.
  ///
  /// @throws UserFacingException if there are no agents, or the user may not connect to them
  public void open() {
    List<Cluster.Agent> found = transport.listAgents();
    if (found.isEmpty()) {
      throw UserFacingException.cluster(
          "no gadget pods found in namespace \""
              + transport.gadgetNamespace()
              + "\": run kubectl gadget deploy");
    }
    transport.requirePortForwardPermission();
    if (!request.gadget().equals(GadgetRequest.ROWS)) {
      Thread.ofVirtual().name("nodes").start(() -> otherNodes = transport.listNodes());
    }
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
      // During a rollout a node may briefly have two: prefer the ready one.
      agents.merge(agent.node(), agent, (known, other) -> other.ready() ? other : known);
      streams.computeIfAbsent(agent.node(), this::startStream);
    }
    streams.values().forEach(NodeStreamClient::retryNow);
  }

  private NodeStreamClient startStream(String node) {
    NodeStreamClient stream =
        new NodeStreamClient(
            transport,
            node,
            () -> Optional.ofNullable(agents.get(node)),
            request.startMessage(),
            !request.gadget().equals(GadgetRequest.ROWS),
            version,
            queue,
            viewer);
    stream.start();
    return stream;
  }

  /// Shows events until [#stop] or the time limit, then ends every stream.
  ///
  /// @param limitNs 0: no limit
  public Summary run(long limitNs) throws InterruptedException {
    long startNs = System.nanoTime();
    Thread lister = Thread.ofVirtual().name("list").start(this::watchAgents);
    awaitStreams(startNs, limitNs);
    while (isRunning(startNs, limitNs)) {
      queue.showBatch(viewer);
    }
    stopped = true;
    lister.interrupt();
    endStreams();
    return new Summary(queue.events(), streams.size(), queue.lost(), summaries());
  }

  private List<NodeSummary> summaries() {
    List<NodeSummary> all = new ArrayList<>();
    streams.values().forEach(stream -> all.add(stream.summary()));
    Set<String> wanted = request.nodes().isEmpty() ? otherNodes : request.nodes();
    wanted.stream()
        .filter(node -> !streams.containsKey(node))
        .forEach(node -> all.add(new NodeSummary(node, false, 0, "it has no agent")));
    all.sort(Comparator.comparing(NodeSummary::node));
    return all;
  }

  private boolean isRunning(long startNs, long limitNs) {
    return !stopped && (limitNs == 0 || System.nanoTime() - startNs < limitNs);
  }

  private void awaitStreams(long startNs, long limitNs) throws InterruptedException {
    long deadlineNs = startNs + TimeUnit.MILLISECONDS.toNanos(MAX_START_MS);
    while (isRunning(startNs, limitNs)) {
      if (System.nanoTime() - deadlineNs > 0
          || streams.values().stream().allMatch(NodeStreamClient::hasTried)) {
        viewer.onStarted();
        return;
      }
      TimeUnit.MILLISECONDS.sleep(START_POLL_MS);
    }
  }

  /// Lists the agents every 2 s until the trace stops.
  private void watchAgents() {
    boolean failed = false;
    while (!stopped) {
      try {
        TimeUnit.MILLISECONDS.sleep(LIST_INTERVAL_MS);
        updateAgents(transport.listAgents());
        if (failed) {
          viewer.debug("the API server answers again.");
        }
        failed = false;
      } catch (InterruptedException e) {
        return;
      } catch (UserFacingException e) {
        if (!failed) {
          viewer.debug("cannot list the agents, trying again: " + e.getMessage());
        }
        failed = true;
      }
    }
  }

  /// Makes [#run] return soon. Any thread.
  public void stop() {
    stopped = true;
  }

  /// Asks the agents to end their streams and shows what still arrives, for at most 3 s, or 8 s
  /// where they report then.
  private void endStreams() throws InterruptedException {
    streams.values().forEach(NodeStreamClient::stop);
    boolean reports = !request.gadget().equals(GadgetRequest.ROWS);
    long deadlineNs =
        System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(reports ? MAX_REPORT_MS : MAX_END_MS);
    while (System.nanoTime() < deadlineNs
        && !(streams.values().stream().allMatch(NodeStreamClient::isOver) && queue.isEmpty())) {
      queue.showBatch(viewer);
    }
    streams.values().forEach(NodeStreamClient::cancel);
    viewer.flush();
  }
}
