package dev.jig.advise.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.jig.advise.Case;
import dev.jig.advise.Client;
import dev.jig.advise.Evidence;
import dev.jig.advise.Fact;
import dev.jig.advise.Facts;
import dev.jig.advise.NodeProcess;
import dev.jig.advise.NodeTally;
import dev.jig.advise.NodeWindow;
import dev.jig.advise.Tally;
import dev.jig.advise.Window;
import dev.jig.event.Container;
import dev.jig.event.IpAddress;
import dev.jig.event.LookupRow;
import dev.jig.event.Row;
import dev.jig.event.RowSize;
import dev.jig.wire.RowEncoder;
import dev.jig.wire.proto.AdviseProto;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Encodes tallies in batches of about 256 KiB, each when it is asked for. For one thread.
public final class TallyEncoder implements Iterator<ByteString> {
  private static final int BATCH_BYTES = 256 << 10;

  /// Bound of the examples of one tally: gRPC refuses messages above 4 MiB.
  private static final int MAX_EXAMPLE_BYTES = 1 << 20;

  private static final int CLIENT_BYTES = 300;

  private final RowEncoder rows = new RowEncoder();
  private final Iterator<NodeTally> tallies;
  private @Nullable NodeWindow window;

  // of the current batch
  private final Map<Client, Integer> clients = new HashMap<>();
  private final List<Row> examples = new ArrayList<>();
  private AdviseProto.TallyBatch.Builder batch = AdviseProto.TallyBatch.newBuilder();
  private int bytes;

  /// @param window follows the tallies
  public TallyEncoder(List<NodeTally> tallies, NodeWindow window) {
    this.tallies = tallies.iterator();
    this.window = window;
  }

  @Override
  public boolean hasNext() {
    return tallies.hasNext() || window != null;
  }

  @Override
  public ByteString next() {
    batch = AdviseProto.TallyBatch.newBuilder();
    clients.clear();
    examples.clear();
    bytes = 0;
    while (tallies.hasNext() && bytes < BATCH_BYTES) {
      AdviseProto.Tally encoded = encode(tallies.next());
      bytes += encoded.getSerializedSize();
      batch.addTallies(encoded);
    }
    NodeWindow last = window;
    if (!tallies.hasNext() && last != null && batch.getTalliesCount() == 0) {
      batch.setWindow(encode(last));
      window = null;
    }
    if (!examples.isEmpty()) {
      batch.setExamples(UnsafeByteOperations.unsafeWrap(rows.encode(examples)));
    }
    return batch.build().toByteString();
  }

  private static AdviseProto.Window encode(NodeWindow node) {
    Window window = node.window();
    return AdviseProto.Window.newBuilder()
        .setStartNs(window.startNs())
        .setEndNs(window.endNs())
        .setLookups(window.lookups())
        .setProcesses(window.processes())
        .addAllServers(node.servers())
        .setForgotten(window.forgotten())
        .build();
  }

  private AdviseProto.Tally encode(NodeTally from) {
    Tally tally = from.tally();
    AdviseProto.Tally.Builder encoded =
        AdviseProto.Tally.newBuilder().setTable(from.table()).setOf(tally.of());
    if (from.key().client() != null) {
      encoded.setClient(refer(from.key().client()));
    }
    if (from.key().server() != null) {
      encoded.setServer(encode(from.key().server()));
    }
    if (from.key().name() != null) {
      encoded.setName(from.key().name());
    }
    if (tally.lookups() > 0) {
      encoded.setFaulty(encode(tally.faulty().content()));
    }
    if (tally.hasFacts()) {
      addFacts(tally.facts(), encoded);
    }
    return encoded.build();
  }

  private static void addFacts(Facts facts, AdviseProto.Tally.Builder encoded) {
    for (Fact fact : facts.known()) {
      AdviseProto.Fact.Builder value = AdviseProto.Fact.newBuilder().setName(fact.name());
      switch (fact.kind()) {
        case SUM, MAX -> value.setNumber(facts.number(fact, 0));
        case LATENCIES -> value.setLatencies(ByteString.copyFrom(facts.latencies(fact).encode()));
        case TEXTS -> value.addAllTexts(facts.texts(fact));
      }
      encoded.addFacts(value);
    }
  }

  private AdviseProto.Case encode(Case.Content from) {
    AdviseProto.Case.Builder encoded =
        AdviseProto.Case.newBuilder()
            .setLookups(from.lookups())
            .setWaitedNs(from.waitedNs())
            .setFirstNs(from.firstNs())
            .setLastNs(from.lastNs())
            .setHasUnknownPeer(from.hasUnknownPeer());
    from.clients().forEach(client -> encoded.addClients(refer(client)));
    from.processes().stream().map(NodeProcess::pid).forEach(encoded::addPids);
    from.peers().stream().map(NodeProcess::pid).forEach(encoded::addPeers);
    from.causes()
        .forEach((cause, count) ->
            encoded.addCauses(
                AdviseProto.CauseCount.newBuilder()
                    .setReason(cause.reason())
                    .setAt(cause.at().name())
                    .setCount(count)));
    addExamples(from.evidence(), encoded);
    return encoded.build();
  }

  private void addExamples(List<Evidence> evidence, AdviseProto.Case.Builder encoded) {
    int ofCase = 0;
    for (Evidence example : evidence) {
      LookupRow twin = example.twin();
      int size = RowSize.of(example.row()) + (twin == null ? 0 : RowSize.of(twin));
      ofCase += size;
      if (ofCase > MAX_EXAMPLE_BYTES) {
        return;
      }
      bytes += size;
      AdviseProto.Example.Builder reference =
          AdviseProto.Example.newBuilder().setRow(refer(example.row()));
      if (twin != null) {
        reference.setTwin(refer(twin));
      }
      if (example.text() != null) {
        reference.setText(example.text());
      }
      encoded.addExamples(reference);
    }
  }

  private int refer(LookupRow row) {
    examples.add(row);
    return examples.size();
  }

  private int refer(Client client) {
    Integer known = clients.get(client);
    if (known != null) {
      return known;
    }
    batch.addClients(encode(client));
    bytes += CLIENT_BYTES;
    clients.put(client, batch.getClientsCount());
    return batch.getClientsCount();
  }

  private static AdviseProto.Client encode(Client from) {
    AdviseProto.Client.Builder encoded = AdviseProto.Client.newBuilder().setNetNs(from.netNs());
    if (from.container() != null) {
      encoded.setContainer(encode(from.container()));
    }
    if (from.comm() != null) {
      encoded.setComm(from.comm());
    }
    if (from.address() != null) {
      encoded.setAddress(encode(from.address()));
    }
    return encoded.build();
  }

  private static AdviseProto.Container encode(Container from) {
    AdviseProto.Container.Builder encoded = AdviseProto.Container.newBuilder().setId(from.id());
    if (from.runtime() != null) {
      encoded.setRuntime(from.runtime());
    }
    if (from.name() != null) {
      encoded.setName(from.name());
    }
    Container.Pod pod = from.pod();
    if (pod != null) {
      encoded.setInPod(true);
      if (pod.namespace() != null) {
        encoded.setNamespace(pod.namespace());
      }
      if (pod.name() != null) {
        encoded.setPodName(pod.name());
      }
      if (pod.containerName() != null) {
        encoded.setContainerName(pod.containerName());
      }
    }
    return encoded.build();
  }

  private static ByteString encode(IpAddress address) {
    ByteBuffer bytes = ByteBuffer.allocate(address.version() == 4 ? 4 : 16);
    if (address.version() == 4) {
      bytes.putInt((int) address.low());
    } else {
      bytes.putLong(address.high()).putLong(address.low());
    }
    return ByteString.copyFrom(bytes.array());
  }
}
