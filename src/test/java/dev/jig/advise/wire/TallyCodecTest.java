package dev.jig.advise.wire;

import static dev.jig.advise.SampleLookup.OTHER_SERVER;
import static dev.jig.advise.SampleLookup.SERVER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.jig.advise.Advisor;
import dev.jig.advise.Case;
import dev.jig.advise.Client;
import dev.jig.advise.Evidence;
import dev.jig.advise.Fact;
import dev.jig.advise.NodeProcess;
import dev.jig.advise.NodeTally;
import dev.jig.advise.NodeWindow;
import dev.jig.advise.SampleLookup;
import dev.jig.advise.Tally;
import dev.jig.advise.TallyKey;
import dev.jig.advise.Window;
import dev.jig.advise.rules.AllRules;
import dev.jig.dns.Rcode;
import dev.jig.event.AttemptState;
import dev.jig.event.Cause;
import dev.jig.event.Container;
import dev.jig.event.IpAddress;
import dev.jig.event.LookupRow;
import dev.jig.event.State;
import dev.jig.names.SearchLists;
import dev.jig.wire.proto.AdviseProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class TallyCodecTest {
  private static final String NODE = "node-1";
  private static final NodeWindow WINDOW =
      new NodeWindow(new Window(1, 2, 3, 4, 2, 0, 6), List.of(7L, -8L));

  private static final Client POD =
      new Client(
          null,
          new Container(
              "containerd",
              "c1",
              "main",
              null,
              null,
              Map.of(),
              new Container.Pod("shop", "web-1", null, null, "main", false)),
          "curl",
          0,
          null);

  private static final Client HOST = new Client(null, null, "sshd", 4_026_531_840L, null);
  private static final Client ADDRESS = new Client(null, null, null, 0, IpAddress.v6(1, 2));

  private static List<TallyBatch> roundTrip(List<NodeTally> tallies)
      throws InvalidProtocolBufferException {
    TallyDecoder decoder = new TallyDecoder(NODE);
    List<TallyBatch> batches = new ArrayList<>();
    TallyEncoder encoder = new TallyEncoder(tallies, WINDOW);
    while (encoder.hasNext()) {
      batches.add(decoder.decode(encoder.next()));
    }
    return batches;
  }

  private static Tally full() {
    LookupRow row = new SampleLookup().answered().build();
    LookupRow twin = new SampleLookup().aaaa().twin(State.ANSWERED).answered().build();
    Tally tally = new Tally();
    tally.count(99);
    tally
        .faulty()
        .add(
            Case.of(
                new Case.Content(
                    5,
                    1_000,
                    10,
                    20,
                    List.of(POD, HOST, ADDRESS),
                    List.of(new NodeProcess(null, 7), new NodeProcess(null, 8)),
                    List.of(new NodeProcess(null, 9)),
                    true,
                    Map.of(
                        new Cause("NETFILTER_DROP", Cause.Place.CLIENT),
                        3L,
                        new Cause("NO_SOCKET", Cause.Place.SERVER),
                        2L),
                    List.of(new Evidence(row, twin, null), new Evidence(row, null, "text")))),
            10);
    for (Fact fact : Fact.values()) {
      switch (fact.kind()) {
        case SUM, MAX -> tally.facts().add(fact, numberOf(fact));
        case LATENCIES -> {
          tally.facts().latencies(fact).add(3_000_000);
          tally.facts().latencies(fact).add(5_000_000_000L);
        }
        case TEXTS -> tally.facts().add(fact, "text of " + fact);
      }
    }
    return tally;
  }

  private static long numberOf(Fact fact) {
    return fact.name().length();
  }

  private static Client onNode(Client client) {
    return new Client(NODE, client.container(), client.comm(), client.netNs(), client.address());
  }

  @Test
  void restoresEverything() throws InvalidProtocolBufferException {
    TallyKey key = new TallyKey(POD, SERVER, "example.com.");

    List<TallyBatch> batches = roundTrip(List.of(new NodeTally("table", key, full())));

    assertThat(batches).hasSize(2);
    NodeTally decoded = batches.getFirst().tallies().getFirst();
    assertThat(decoded.table()).isEqualTo("table");
    assertThat(decoded.key()).isEqualTo(new TallyKey(onNode(POD), SERVER, "example.com."));
    assertThat(decoded.key().client()).extracting(Client::label).isEqualTo("shop/web-1 (curl)");
    Tally tally = decoded.tally();
    assertThat(tally.of()).isEqualTo(99);
    Case.Content restored = tally.faulty().content();
    Case.Content sent = full().faulty().content();
    assertThat(restored.clients()).containsExactly(onNode(POD), onNode(HOST), onNode(ADDRESS));
    assertThat(restored.processes())
        .containsExactly(new NodeProcess(NODE, 7), new NodeProcess(NODE, 8));
    assertThat(restored.peers()).containsExactly(new NodeProcess(NODE, 9));
    assertThat(restored)
        .usingRecursiveComparison()
        .ignoringFields("clients", "processes", "peers", "evidence")
        .isEqualTo(sent);
    assertThat(restored.evidence()).hasSize(2);
    assertThat(restored.evidence().getFirst().row().dns())
        .isEqualTo(sent.evidence().getFirst().row().dns());
    assertThat(restored.evidence().getFirst().twin()).isNotNull();
    assertThat(restored.evidence().getLast().text()).isEqualTo("text");
    for (Fact fact : Fact.values()) {
      switch (fact.kind()) {
        case SUM, MAX -> assertThat(tally.fact(fact)).isEqualTo(numberOf(fact));
        case LATENCIES -> {
          assertThat(tally.facts().latencies(fact).count()).isEqualTo(2);
          assertThat(tally.facts().latencies(fact).quantileNs(1))
              .isEqualTo(full().facts().latencies(fact).quantileNs(1));
        }
        case TEXTS -> assertThat(tally.facts().texts(fact)).containsExactly("text of " + fact);
      }
    }
  }

  @Test
  void theWindowComesLast() throws InvalidProtocolBufferException {
    List<TallyBatch> batches = roundTrip(List.of());

    assertThat(batches).hasSize(1);
    NodeWindow window = Objects.requireNonNull(batches.getFirst().window());
    assertThat(window.window()).isEqualTo(WINDOW.window());
    assertThat(window.servers()).containsExactly(7L, -8L);
  }

  @Test
  void manyTalliesComeInBatches() throws InvalidProtocolBufferException {
    List<NodeTally> many = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      Client client = new Client(null, null, "comm-" + i, i, null);
      Tally tally = new Tally();
      tally.faulty().add(full().faulty(), 1);
      many.add(new NodeTally("t", TallyKey.of(client, OTHER_SERVER), tally));
    }
    TallyEncoder encoder = new TallyEncoder(many, WINDOW);
    List<Integer> sizes = new ArrayList<>();
    while (encoder.hasNext()) {
      sizes.add(encoder.next().size());
    }

    assertThat(sizes).hasSizeGreaterThan(5).allMatch(size -> size < 512 << 10);
    assertThat(roundTrip(many).stream().mapToInt(batch -> batch.tallies().size()).sum())
        .isEqualTo(5_000);
  }

  static Stream<Consumer<AdviseProto.Tally.Builder>> invalidChanges() {
    return Stream.of(
        tally -> tally.setClient(99),
        tally -> tally.setClient(-1),
        tally -> tally.setServer(ByteString.copyFromUtf8("12345")),
        tally -> tally.setName("a".repeat(2_000)),
        tally -> tally.setOf(-1),
        tally -> tally.setFaulty(tally.getFaulty().toBuilder().setLookups(-5)),
        tally -> tally.setFaulty(tally.getFaulty().toBuilder().setWaitedNs(-5)),
        tally -> tally.setFaulty(tally.getFaulty().toBuilder().addClients(9)),
        tally -> tally.setFaulty(tally.getFaulty().toBuilder().addExamples(example(9, 0))),
        tally -> tally.setFaulty(tally.getFaulty().toBuilder().addExamples(example(1, 9))),
        tally -> tally.setFaulty(tally.getFaulty().toBuilder().addCauses(cause("a", "CLIENT"))),
        tally -> tally.setFaulty(tally.getFaulty().toBuilder().addCauses(cause("A", "HERE"))),
        tally -> tally.addFacts(fact("ANSWERED").setNumber(-1)),
        tally -> tally.addFacts(fact("TWIN_LATENCY")),
        tally ->
            tally.addFacts(fact("TWIN_LATENCY").setLatencies(ByteString.copyFrom(new byte[100]))));
  }

  private static AdviseProto.Example.Builder example(int row, int twin) {
    return AdviseProto.Example.newBuilder().setRow(row).setTwin(twin);
  }

  private static AdviseProto.CauseCount.Builder cause(String reason, String at) {
    return AdviseProto.CauseCount.newBuilder().setReason(reason).setAt(at);
  }

  private static AdviseProto.Fact.Builder fact(String name) {
    return AdviseProto.Fact.newBuilder().setName(name);
  }

  @ParameterizedTest
  @MethodSource("invalidChanges")
  void rejectsInvalidValues(Consumer<AdviseProto.Tally.Builder> change)
      throws InvalidProtocolBufferException {
    TallyKey key = new TallyKey(POD, SERVER, "example.com.");
    ByteString valid = new TallyEncoder(List.of(new NodeTally("t", key, full())), WINDOW).next();
    AdviseProto.TallyBatch.Builder batch = AdviseProto.TallyBatch.parseFrom(valid).toBuilder();
    AdviseProto.Tally.Builder tally = batch.getTallies(0).toBuilder();
    change.accept(tally);
    ByteString invalid = batch.setTallies(0, tally).build().toByteString();

    assertThatThrownBy(() -> new TallyDecoder(NODE).decode(invalid))
        .isInstanceOf(InvalidProtocolBufferException.class);
  }

  @Test
  void ignoresTheFactsOfOtherVersions() throws InvalidProtocolBufferException {
    ByteString valid =
        new TallyEncoder(List.of(new NodeTally("t", TallyKey.of(SERVER), new Tally())), WINDOW)
            .next();
    AdviseProto.TallyBatch.Builder batch = AdviseProto.TallyBatch.parseFrom(valid).toBuilder();
    batch.setTallies(0, batch.getTallies(0).toBuilder().addFacts(fact("NEW").setNumber(-1)));

    TallyBatch decoded = new TallyDecoder(NODE).decode(batch.build().toByteString());

    assertThat(decoded.tallies().getFirst().tally().hasFacts()).isFalse();
  }

  @Test
  void damagedBytesAreTalliesOrRejected() {
    Advisor advisor = new Advisor(AllRules.create(SearchLists.NONE, 3), SearchLists.NONE);
    for (int i = 0; i < 30; i++) {
      advisor.onRow(
          new SampleLookup().unanswered(SERVER, AttemptState.TIMEOUT, 900, "NO_SOCKET").build(), 0);
      advisor.onRow(new SampleLookup().answered(OTHER_SERVER, 9, Rcode.REFUSED).build(), 0);
    }
    advisor.finish();
    List<NodeTally> tallies =
        new ArrayList<>(List.of(new NodeTally("t", TallyKey.of(POD), full())));
    advisor.export((table, key, tally) -> tallies.add(new NodeTally(table, key, tally)));
    byte[] bytes = new TallyEncoder(tallies, WINDOW).next().toByteArray();
    Random random = new Random(1);
    int rejected = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = bytes.clone();
      for (int n = random.nextInt(1, 4); n > 0; n--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      try {
        assertThat(new TallyDecoder(NODE).decode(ByteString.copyFrom(damaged))).isNotNull();
      } catch (InvalidProtocolBufferException e) {
        rejected++;
      }
    }
    assertThat(rejected).isBetween(1_000, 19_999);
  }
}
