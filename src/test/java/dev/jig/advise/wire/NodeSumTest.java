package dev.jig.advise.wire;

import static dev.jig.advise.SampleLookup.OTHER_SERVER;
import static dev.jig.advise.SampleLookup.SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.jig.advise.Advisor;
import dev.jig.advise.Client;
import dev.jig.advise.Finding;
import dev.jig.advise.FindingId;
import dev.jig.advise.NodeSum;
import dev.jig.advise.NodeTally;
import dev.jig.advise.SampleLookup;
import dev.jig.advise.rules.AllRules;
import dev.jig.dns.Rcode;
import dev.jig.event.AttemptState;
import dev.jig.event.Attribution;
import dev.jig.event.IpAddress;
import dev.jig.event.LookupRow;
import dev.jig.event.Owner;
import dev.jig.event.Subject;
import dev.jig.names.SearchLists;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What several nodes have counted, sent and added up.
final class NodeSumTest {
  private static final int EXAMPLES = 3;

  private final Map<String, Advisor> nodes = new TreeMap<>();

  private static Advisor advisor() {
    return new Advisor(AllRules.create(SearchLists.NONE, EXAMPLES), SearchLists.NONE);
  }

  private void watch(String node, SampleLookup... lookups) {
    Advisor advisor = nodes.computeIfAbsent(node, _ -> advisor());
    for (SampleLookup lookup : lookups) {
      advisor.onRow(lookup.build(), 0);
    }
  }

  private NodeSum sum() throws InvalidProtocolBufferException {
    NodeSum sum = new NodeSum(AllRules.create(SearchLists.NONE, EXAMPLES));
    for (Map.Entry<String, Advisor> node : nodes.entrySet()) {
      node.getValue().finish();
      List<NodeTally> tallies = new ArrayList<>();
      node.getValue().export((table, key, tally) -> tallies.add(new NodeTally(table, key, tally)));
      TallyEncoder encoder = new TallyEncoder(tallies, node.getValue().nodeWindow());
      TallyDecoder decoder = new TallyDecoder(node.getKey());
      while (encoder.hasNext()) {
        TallyBatch batch = decoder.decode(encoder.next());
        batch.tallies().forEach(sum::add);
        if (batch.window() != null) {
          sum.add(batch.window());
        }
      }
    }
    return sum;
  }

  private List<Finding> findings() throws InvalidProtocolBufferException {
    return sum().findings(EnumSet.allOf(FindingId.class));
  }

  private static SampleLookup silent(int i) {
    return new SampleLookup().at(i).unanswered(SERVER, AttemptState.TIMEOUT, 10_000, null);
  }

  @Test
  void theSameFaultOfAllNodesIsOneFindingOfTheServer() throws InvalidProtocolBufferException {
    for (int node = 0; node < 40; node++) {
      for (int i = 0; i < 6; i++) {
        watch("node-" + node, silent(i));
      }
    }

    List<Finding> found = findings();

    assertThat(found).extracting(Finding::id).containsExactly(FindingId.UNANSWERED);
    assertThat(found.getFirst().nameserver()).isEqualTo(SERVER);
    assertThat(found.getFirst().lookups()).isEqualTo(240);
    assertThat(found.getFirst().clients()).hasSize(40);
    assertThat(found.getFirst().evidence().evidence()).hasSize(EXAMPLES);
    assertThat(found.getFirst().summary().getFirst())
        .isEqualTo("It answered none of 240 lookups: clients waited 40 min 0 s in all.");
  }

  @Test
  void thresholdsHoldForAllNodesTogether() throws InvalidProtocolBufferException {
    for (int node = 0; node < 5; node++) {
      watch("node-" + node, silent(node)); // one node's single loss is no finding
    }

    assertThat(findings()).extracting(Finding::id).containsExactly(FindingId.UNANSWERED);
  }

  @Test
  void aServerThatAnswersAnotherNodeIsNotSilent() throws InvalidProtocolBufferException {
    for (int i = 0; i < 10; i++) {
      watch("node-1", silent(i));
      watch("node-2", new SampleLookup().at(i).answered());
    }

    List<Finding> found = findings();

    assertThat(found).extracting(Finding::id).containsExactly(FindingId.BLOCKED);
    assertThat(found.getFirst().clients()).extracting(Client::node).containsExactly("node-1");
    assertThat(found.getFirst().summary())
        .contains("The server answered 10 lookups of other clients, so it is well.");
  }

  /// Process 7 is a resolver on one node and anything on the other.
  @Test
  void aFailedUpstreamExplainsOnlyTheResolverOfItsNode() throws InvalidProtocolBufferException {
    for (String node : List.of("node-1", "node-2")) {
      for (int i = 0; i < 6; i++) {
        IpAddress resolver = node.equals("node-1") ? SERVER : IpAddress.v4(0x0a000009);
        nodes
            .computeIfAbsent(node, _ -> advisor())
            .onRow(
                withPeer(
                    new SampleLookup()
                        .process(100, "app")
                        .at(i)
                        .answered(resolver, 1, Rcode.SERV_FAIL)
                        .build(),
                    7),
                0);
      }
    }
    for (int i = 0; i < 6; i++) {
      watch(
          "node-1",
          new SampleLookup()
              .process(7, "resolver")
              .at(i)
              .unanswered(OTHER_SERVER, AttemptState.TIMEOUT, 10_000, null));
    }

    List<Finding> found = findings();

    assertThat(found)
        .extracting(Finding::id)
        .containsExactlyInAnyOrder(FindingId.UNANSWERED, FindingId.SERVER_FAILURE);
    assertThat(found)
        .filteredOn(finding -> finding.id() == FindingId.SERVER_FAILURE)
        .flatExtracting(Finding::clients)
        .extracting(Client::node)
        .containsExactly("node-2");
  }

  private static LookupRow withPeer(LookupRow row, int pid) {
    Owner owner = new Owner(pid, pid, 0, 0, "resolver", 1, "sh", 1, 2, 7, null);
    return new LookupRow(
        row.timestampNs(),
        row.subject(),
        row.flow(),
        row.dns(),
        row.state(),
        row.cause(),
        row.latencyNs(),
        new Subject(null, null, owner, Attribution.SOCKET),
        row.lookup());
  }

  @Test
  void theWindowCountsServersOnce() throws InvalidProtocolBufferException {
    watch("node-1", new SampleLookup().at(5).answered(), new SampleLookup().at(9).answered());
    watch("node-2", new SampleLookup().answered());
    watch("node-2", new SampleLookup().answered(OTHER_SERVER, 1, Rcode.NO_ERROR));

    NodeSum sum = sum();

    assertThat(sum.window().lookups()).isEqualTo(4);
    assertThat(sum.window().servers()).isEqualTo(2);
    assertThat(sum.window().processes()).isEqualTo(2); // one on each node
    assertThat(sum.window().endNs() - sum.window().startNs()).isEqualTo(9_000_000);
  }

  /// What was found, in a form that does not depend on the nodes.
  private record Found(
      FindingId id,
      Object subject,
      long lookups,
      long of,
      long waitedNs,
      long firstNs,
      List<String> summary,
      List<String> advice,
      int clients,
      int examples) {
    static Found of(Finding finding) {
      return new Found(
          finding.id(),
          List.of(
              String.valueOf(finding.nameserver()),
              String.valueOf(finding.zone()),
              String.valueOf(finding.name())),
          finding.lookups(),
          finding.of(),
          finding.evidence().waitedNs(),
          finding.evidence().firstNs(),
          // a node compares with the names that it has seen itself
          finding.summary().stream().filter(line -> !line.startsWith("A similar name")).toList(),
          finding.advice(),
          finding.clients().size(),
          finding.evidence().evidence().size());
    }
  }

  static IntStream seeds() {
    return IntStream.range(0, 60);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void nodesTogetherFindWhatOneMachineWould(int seed) throws InvalidProtocolBufferException {
    Random random = new Random(seed);
    Advisor whole = advisor();
    for (int i = 0; i < 400; i++) {
      int process = random.nextInt(6);
      for (SampleLookup lookup : lookups(random, seed + process, i)) {
        LookupRow row = lookup.process(100 + process, "app-" + process).build();
        whole.onRow(row, 0);
        nodes.computeIfAbsent("node-" + process % 3, _ -> advisor()).onRow(row, 0);
      }
    }
    whole.finish();
    List<Found> expected =
        whole.findings(EnumSet.allOf(FindingId.class)).stream().map(Found::of).toList();

    assertThat(findings().stream().map(Found::of)).containsExactlyInAnyOrderElementsOf(expected);
  }

  /// Each process has a fault of its own, most of the time.
  private static List<SampleLookup> lookups(Random random, int kind, int i) {
    IpAddress server = IpAddress.v4(0x0a000000 + kind % 4);
    SampleLookup lookup =
        new SampleLookup().at(i * 20L).name("h" + random.nextInt(3) + ".z" + kind % 3 + ".test.");
    if (random.nextInt(4) == 0) {
      return List.of(lookup.answered(server, 1 + random.nextInt(20), Rcode.NO_ERROR));
    }
    return switch (kind % 9) {
      case 0 -> List.of(lookup.unanswered(server, AttemptState.TIMEOUT, 5_000, null));
      case 1 ->
          List.of(
              lookup
                  .unanswered(server, AttemptState.REPEATED, 1_000, null)
                  .answered(IpAddress.v4(0x0a00000f), 3, Rcode.NO_ERROR));
      case 2 -> List.of(lookup.unanswered(server, AttemptState.CLOSED, 3, "NETFILTER_DROP"));
      case 3 -> List.of(lookup.unanswered(server, AttemptState.TIMEOUT, 3, "NO_SOCKET"));
      case 4 -> List.of(lookup.answered(server, 2, Rcode.SERV_FAIL));
      case 5 -> List.of(lookup.answered(server, 2, Rcode.REFUSED));
      case 6 -> List.of(lookup.answered(server, 2, Rcode.NX_DOMAIN));
      case 7 -> List.of(lookup.truncated(server).tcp(server, AttemptState.TIMEOUT, 4_000, null));
      default -> List.of(lookup.answered(server, 400, Rcode.NO_ERROR));
    };
  }
}
