package dev.jig.advise.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.jig.advise.Case;
import dev.jig.advise.Client;
import dev.jig.advise.Evidence;
import dev.jig.advise.Fact;
import dev.jig.advise.NodeProcess;
import dev.jig.advise.NodeTally;
import dev.jig.advise.NodeWindow;
import dev.jig.advise.Tally;
import dev.jig.advise.TallyKey;
import dev.jig.advise.Window;
import dev.jig.event.Cause;
import dev.jig.event.Container;
import dev.jig.event.IpAddress;
import dev.jig.event.LookupRow;
import dev.jig.event.Row;
import dev.jig.stats.Latencies;
import dev.jig.wire.RowDecoder;
import dev.jig.wire.proto.AdviseProto;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Decodes what [TallyEncoder] encoded on a node. For one thread.
public final class TallyDecoder {
  /// As [RowDecoder].
  private static final int MAX_NAME_CHARS = 4 * 255;

  private static final Pattern REASON = Pattern.compile("[A-Z0-9_]{1,64}");

  private final String node;
  private final RowDecoder rows;

  /// @param node the node that sends
  public TallyDecoder(String node) {
    this.node = node;
    this.rows = new RowDecoder(node);
  }

  /// Decodes a batch.
  ///
  /// @throws InvalidProtocolBufferException if it is damaged
  public TallyBatch decode(ByteString batch) throws InvalidProtocolBufferException {
    AdviseProto.TallyBatch from = AdviseProto.TallyBatch.parseFrom(batch);
    List<Client> clients = new ArrayList<>(from.getClientsCount());
    for (AdviseProto.Client client : from.getClientsList()) {
      clients.add(decode(client));
    }
    Parts parts = new Parts(clients, rows.decode(from.getExamples()));
    List<NodeTally> tallies = new ArrayList<>(from.getTalliesCount());
    for (AdviseProto.Tally tally : from.getTalliesList()) {
      tallies.add(decode(tally, parts));
    }
    return new TallyBatch(tallies, from.hasWindow() ? decode(from.getWindow()) : null);
  }

  /// What the tallies of a batch refer to.
  private record Parts(List<Client> clients, List<Row> examples) {
    Client client(int reference) throws InvalidProtocolBufferException {
      return at(clients, reference);
    }

    LookupRow lookup(int reference) throws InvalidProtocolBufferException {
      if (at(examples, reference) instanceof LookupRow lookup) {
        return lookup;
      }
      throw new InvalidProtocolBufferException("an example that is no lookup");
    }

    private static <T> T at(List<T> parts, int reference) throws InvalidProtocolBufferException {
      if (reference < 1 || reference > parts.size()) {
        throw new InvalidProtocolBufferException("a reference to part " + reference);
      }
      return parts.get(reference - 1);
    }
  }

  private static NodeWindow decode(AdviseProto.Window from) throws InvalidProtocolBufferException {
    Window window =
        new Window(
            from.getStartNs(),
            from.getEndNs(),
            count(from.getLookups()),
            count(from.getProcesses()),
            from.getServersCount(),
            0,
            count(from.getForgotten()));
    return new NodeWindow(window, from.getServersList());
  }

  private NodeTally decode(AdviseProto.Tally from, Parts parts)
      throws InvalidProtocolBufferException {
    Tally tally = new Tally();
    tally.count(count(from.getOf()));
    if (from.hasFaulty()) {
      tally.faulty().add(Case.of(decode(from.getFaulty(), parts)), Integer.MAX_VALUE);
    }
    for (AdviseProto.Fact fact : from.getFactsList()) {
      Optional<Fact> known = Fact.of(fact.getName());
      if (known.isPresent()) {
        addFact(known.get(), fact, tally);
      }
    }
    TallyKey key =
        new TallyKey(
            from.getClient() == 0 ? null : parts.client(from.getClient()),
            addressOrNull(from.getServer()),
            from.hasName() ? name(from.getName()) : null);
    return new NodeTally(from.getTable(), key, tally);
  }

  private static void addFact(Fact fact, AdviseProto.Fact from, Tally tally)
      throws InvalidProtocolBufferException {
    switch (fact.kind()) {
      case SUM, MAX -> tally.facts().add(fact, count(from.getNumber()));
      case LATENCIES -> {
        try {
          tally.facts().latencies(fact).add(Latencies.decode(from.getLatencies().toByteArray()));
        } catch (IllegalArgumentException e) {
          throw new InvalidProtocolBufferException(new IOException(e));
        }
      }
      case TEXTS -> from.getTextsList().forEach(text -> tally.facts().add(fact, text));
    }
  }

  private Case.Content decode(AdviseProto.Case from, Parts parts)
      throws InvalidProtocolBufferException {
    List<Client> clients = new ArrayList<>(from.getClientsCount());
    for (int reference : from.getClientsList()) {
      clients.add(parts.client(reference));
    }
    Map<Cause, Long> causes = new HashMap<>();
    for (AdviseProto.CauseCount cause : from.getCausesList()) {
      causes.put(decode(cause), count(cause.getCount()));
    }
    List<Evidence> examples = new ArrayList<>(from.getExamplesCount());
    for (AdviseProto.Example example : from.getExamplesList()) {
      examples.add(
          new Evidence(
              parts.lookup(example.getRow()),
              example.getTwin() == 0 ? null : parts.lookup(example.getTwin()),
              example.hasText() ? example.getText() : null));
    }
    return new Case.Content(
        count(from.getLookups()),
        count(from.getWaitedNs()),
        from.getFirstNs(),
        from.getLastNs(),
        clients,
        processes(from.getPidsList()),
        processes(from.getPeersList()),
        from.getHasUnknownPeer(),
        causes,
        examples);
  }

  private List<NodeProcess> processes(List<Integer> pids) {
    return pids.stream().map(pid -> new NodeProcess(node, pid)).toList();
  }

  private static Cause decode(AdviseProto.CauseCount from) throws InvalidProtocolBufferException {
    Optional<Cause.Place> place =
        Arrays.stream(Cause.Place.values())
            .filter(each -> each.name().equals(from.getAt()))
            .findFirst();
    if (place.isEmpty() || !REASON.matcher(from.getReason()).matches()) {
      throw new InvalidProtocolBufferException("a cause without a valid reason or place");
    }
    return new Cause(from.getReason(), place.get());
  }

  private Client decode(AdviseProto.Client from) throws InvalidProtocolBufferException {
    return new Client(
        node,
        from.hasContainer() ? decode(from.getContainer()) : null,
        from.hasComm() ? from.getComm() : null,
        from.getNetNs(),
        addressOrNull(from.getAddress()));
  }

  private static Container decode(AdviseProto.Container from) {
    Container.Pod pod =
        new Container.Pod(
            from.hasNamespace() ? from.getNamespace() : null,
            from.hasPodName() ? from.getPodName() : null,
            null,
            null,
            from.hasContainerName() ? from.getContainerName() : null,
            false);
    return new Container(
        from.hasRuntime() ? from.getRuntime() : null,
        from.getId(),
        from.hasName() ? from.getName() : null,
        null,
        null,
        Map.of(),
        from.getInPod() ? pod : null);
  }

  private static @Nullable IpAddress addressOrNull(ByteString from)
      throws InvalidProtocolBufferException {
    if (from.isEmpty()) {
      return null;
    }
    if (from.size() != 4 && from.size() != 16) {
      throw new InvalidProtocolBufferException("an address of " + from.size() + " bytes");
    }
    return IpAddress.of(from.toByteArray(), 0, from.size());
  }

  private static String name(String text) throws InvalidProtocolBufferException {
    if (text.length() > MAX_NAME_CHARS) {
      throw new InvalidProtocolBufferException("a name of " + text.length() + " characters");
    }
    return text;
  }

  private static long count(long number) throws InvalidProtocolBufferException {
    if (number < 0) {
      throw new InvalidProtocolBufferException("a count of " + number);
    }
    return number;
  }
}
