package dev.jig.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.jig.event.Attribution;
import dev.jig.event.Container;
import dev.jig.event.Row;
import dev.jig.event.Endpoint;
import dev.jig.event.Flags;
import dev.jig.event.Question;
import dev.jig.event.EndpointName;
import dev.jig.event.EndpointNames;
import dev.jig.event.IpAddress;
import dev.jig.event.Owner;
import dev.jig.event.PacketType;
import dev.jig.event.Peer;
import dev.jig.event.Protocol;
import dev.jig.event.Qr;
import dev.jig.event.State;
import dev.jig.event.WireMessage;
import dev.jig.wire.proto.Event;
import dev.jig.wire.proto.Events;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Encodes rows as protobuf messages and decodes them. A new component of a row must be added here;
/// EventCodecTest compares every component.
public final class EventCodec {
  private static final List<Attribution> ATTRIBUTIONS =
      List.of(Attribution.EXACT, Attribution.SOCKET, Attribution.UNKNOWN);
  static final List<Protocol> PROTOCOLS = List.of(Protocol.UDP, Protocol.TCP);
  private static final List<Qr> QRS = List.of(Qr.Q, Qr.R, Qr.T);
  private static final List<PacketType> PACKET_TYPES =
      List.of(
          PacketType.HOST,
          PacketType.BROADCAST,
          PacketType.MULTICAST,
          PacketType.OTHERHOST,
          PacketType.OUTGOING,
          PacketType.LOOPBACK,
          PacketType.USER,
          PacketType.KERNEL);
  static final List<State> STATES =
      List.of(State.ANSWERED, State.LATE, State.ORPHAN, State.TIMEOUT, State.CLOSED);

  private static final List<EndpointName.Kind> ENDPOINT_KINDS =
      List.of(EndpointName.Kind.POD, EndpointName.Kind.SERVICE);

  private EventCodec() {}

  /// Encodes a batch, in which each container, owner and endpoint name is contained once.
  ///
  /// @param first the sequence number of the first event
  public static Events encode(long first, List<Row> events) {
    Batch batch = new Batch();
    events.forEach(event -> batch.message.addEvents(encode(event, batch)));
    return batch.message.setFirst(first).build();
  }

  /// A batch under construction.
  private static final class Batch {
    final Events.Builder message = Events.newBuilder();
    private final IdentityHashMap<Container, Integer> containerIndexes = new IdentityHashMap<>();
    private final Map<Owner, Integer> ownerIndexes = new HashMap<>();
    private final Map<EndpointName, Integer> nameIndexes = new HashMap<>();

    /// The 1-based index of the container in the batch; 0 for null.
    int indexOf(@Nullable Container container) {
      if (container == null) {
        return 0;
      }
      Integer index = containerIndexes.get(container);
      if (index == null) {
        index = message.addContainers(encode(container)).getContainersCount();
        containerIndexes.put(container, index);
      }
      return index;
    }

    /// The 1-based index of the owner in the batch; 0 for null.
    int indexOf(@Nullable Owner owner) {
      if (owner == null) {
        return 0;
      }
      Integer index = ownerIndexes.get(owner);
      if (index == null) {
        index = message.addOwners(encode(owner)).getOwnersCount();
        ownerIndexes.put(owner, index);
      }
      return index;
    }

    /// The 1-based index of the name in the batch; 0 for null.
    int indexOf(@Nullable EndpointName name) {
      return name == null
          ? 0
          : nameIndexes.computeIfAbsent(
              name, it -> message.addEndpointNames(encode(it)).getEndpointNamesCount());
    }
  }

  /// The containers, owners and endpoint names of a batch, and its node.
  private record SharedParts(
      String node, List<Container> containers, List<Owner> owners, List<EndpointName> names) {}

  /// Decodes a batch from a node.
  ///
  /// @param interner makes equal containers and owners of all batches of a node one object
  public static List<Row> decode(Events batch, String node, PartInterner interner) {
    SharedParts parts =
        new SharedParts(
            node,
            batch.getContainersList().stream().map(it -> interner.intern(decode(it))).toList(),
            batch.getOwnersList().stream().map(it -> interner.intern(decode(it))).toList(),
            batch.getEndpointNamesList().stream().map(EventCodec::decode).toList());
    return batch.getEventsList().stream().map(it -> decode(it, parts)).toList();
  }

  private static <T> @Nullable T partAt(List<T> parts, int index) {
    return index == 0 ? null : parts.get(index - 1);
  }

  private static Event encode(Row event, Batch batch) {
    Event.Builder to =
        Event.newBuilder()
            .setTimestampNs(event.timestampNs())
            .setContainer(batch.indexOf(event.container()))
            .setOwner(batch.indexOf(event.owner()))
            .setAttribution(toNumber(ATTRIBUTIONS, event.attribution()))
            .setSource(encode(event.source()))
            .setDestination(encode(event.destination()))
            .setProtocol(toNumber(PROTOCOLS, event.protocol()))
            .setPacketType(toNumber(PACKET_TYPES, event.packetType()))
            .setQr(toNumber(QRS, event.qr()))
            .setId(event.id())
            .setAnswerCount(event.answerCount())
            .setState(toNumber(STATES, event.state()));
    setIfPresent(event.nameserver(), address -> to.setNameserver(encode(address)));
    setIfPresent(event.question(), question -> to.setQuestion(encode(question)));
    setIfPresent(event.flags(), flags -> to.setFlags(flags.bits()));
    setIfPresent(event.rcode(), to::setRcode);
    setIfPresent(event.latencyNs(), to::setLatencyNs);
    setIfPresent(event.peer(), peer -> to.setPeer(encode(peer, batch)));
    setIfPresent(
        event.message(), it -> to.setMessage(UnsafeByteOperations.unsafeWrap(it.toBytes())));
    setIfPresent(event.lookup(), lookup -> to.setLookup(LookupCodec.encode(lookup)));
    event.addresses().forEach(address -> to.addAddresses(encode(address)));
    EndpointNames names = event.endpoints();
    if (names != null) {
      to.setSourceName(batch.indexOf(names.source()))
          .setDestinationName(batch.indexOf(names.destination()))
          .setNameserverName(batch.indexOf(names.nameserver()));
    }
    return to.build();
  }

  private static Row decode(Event from, SharedParts parts) {
    Row event = decodePacket(from, parts);
    return from.hasLookup() ? event.withLookup(LookupCodec.decode(from.getLookup())) : event;
  }

  private static Row decodePacket(Event from, SharedParts parts) {
    return new Row(
        from.getTimestampNs(),
        partAt(parts.containers, from.getContainer()),
        partAt(parts.owners, from.getOwner()),
        fromNumber(ATTRIBUTIONS, from.getAttribution(), Attribution.UNKNOWN),
        decode(from.getSource()),
        decode(from.getDestination()),
        fromNumber(PROTOCOLS, from.getProtocol(), Protocol.UDP),
        fromNumberOrNull(PACKET_TYPES, from.getPacketType()),
        from.getNameserver().isEmpty() ? null : decode(from.getNameserver()),
        fromNumber(QRS, from.getQr(), Qr.Q),
        from.getId(),
        from.hasQuestion()
            ? new Question(from.getQuestion().getName(), from.getQuestion().getType())
            : null,
        from.hasFlags() ? Flags.ofBits(from.getFlags()) : null,
        from.hasRcode() ? from.getRcode() : null,
        from.hasLatencyNs() ? from.getLatencyNs() : null,
        from.getAnswerCount(),
        from.getAddressesList().stream().map(EventCodec::decode).toList(),
        fromNumberOrNull(STATES, from.getState()),
        parts.node,
        from.hasPeer() ? decode(from.getPeer(), parts) : null,
        from.hasMessage() ? message(from.getMessage()) : null,
        endpoints(from, parts.names),
        null);
  }

  private static @Nullable EndpointNames endpoints(Event from, List<EndpointName> names) {
    EndpointName source = partAt(names, from.getSourceName());
    EndpointName destination = partAt(names, from.getDestinationName());
    EndpointName nameserver = partAt(names, from.getNameserverName());
    return source == null && destination == null && nameserver == null
        ? null
        : new EndpointNames(source, destination, nameserver);
  }

  private static dev.jig.wire.proto.EndpointName encode(EndpointName name) {
    return dev.jig.wire.proto.EndpointName.newBuilder()
        .setKind(toNumber(ENDPOINT_KINDS, name.kind()))
        .setNamespace(name.namespace())
        .setName(name.name())
        .build();
  }

  private static EndpointName decode(dev.jig.wire.proto.EndpointName from) {
    return new EndpointName(
        fromNumber(ENDPOINT_KINDS, from.getKind(), EndpointName.Kind.POD),
        from.getNamespace(),
        from.getName());
  }

  private static WireMessage message(ByteString from) {
    return WireMessage.of(from.toByteArray(), 0, from.size());
  }

  private static dev.jig.wire.proto.Peer encode(Peer peer, Batch batch) {
    return dev.jig.wire.proto.Peer.newBuilder()
        .setContainer(batch.indexOf(peer.container()))
        .setOwner(batch.indexOf(peer.owner()))
        .setAttribution(toNumber(ATTRIBUTIONS, peer.attribution()))
        .build();
  }

  private static Peer decode(dev.jig.wire.proto.Peer from, SharedParts parts) {
    return new Peer(
        partAt(parts.containers, from.getContainer()),
        parts.owners.get(from.getOwner() - 1),
        fromNumber(ATTRIBUTIONS, from.getAttribution(), Attribution.UNKNOWN));
  }

  private static dev.jig.wire.proto.Question encode(Question question) {
    return dev.jig.wire.proto.Question.newBuilder()
        .setName(question.name())
        .setType(question.type())
        .build();
  }

  private static dev.jig.wire.proto.Endpoint encode(Endpoint endpoint) {
    return dev.jig.wire.proto.Endpoint.newBuilder()
        .setAddress(encode(endpoint.address()))
        .setPort(endpoint.port())
        .build();
  }

  private static Endpoint decode(dev.jig.wire.proto.Endpoint from) {
    return new Endpoint(decode(from.getAddress()), from.getPort());
  }

  /// 4 or 16 bytes in network order.
  static ByteString encode(IpAddress address) {
    byte[] bytes = new byte[address.version() == 4 ? 4 : 16];
    for (int i = 0; i < bytes.length; i++) {
      int fromEnd = bytes.length - 1 - i;
      long half = fromEnd < 8 ? address.low() : address.high();
      bytes[i] = (byte) (half >>> 8 * (fromEnd & 7));
    }
    return ByteString.copyFrom(bytes);
  }

  static IpAddress decode(ByteString from) {
    byte[] bytes = from.toByteArray();
    if (bytes.length != 4 && bytes.length != 16) {
      throw new IllegalArgumentException("an address of " + bytes.length + " bytes");
    }
    return IpAddress.of(bytes, 0, bytes.length);
  }

  private static dev.jig.wire.proto.Owner encode(Owner owner) {
    var to =
        dev.jig.wire.proto.Owner.newBuilder()
            .setPid(owner.pid())
            .setTid(owner.tid())
            .setUid(owner.uid())
            .setGid(owner.gid())
            .setComm(owner.comm())
            .setPpid(owner.ppid())
            .setPcomm(owner.pcomm())
            .setMountNs(owner.mountNs())
            .setNetNs(owner.netNs())
            .setStartTimeNs(owner.startBootNs())
            .setStartedNs(owner.startEpochNs());
    Owner.Paths paths = owner.paths();
    if (paths != null) {
      var found = dev.jig.wire.proto.Paths.newBuilder();
      setIfPresent(paths.exePath(), found::setExePath);
      setIfPresent(paths.cwd(), found::setCwd);
      setIfPresent(paths.commandLine(), found::setCommandLine);
      to.setPaths(found);
    }
    Owner.Account account = owner.account();
    if (account != null) {
      var known = dev.jig.wire.proto.Account.newBuilder();
      setIfPresent(account.user(), known::setUser);
      setIfPresent(account.group(), known::setGroup);
      to.setAccount(known);
    }
    return to.build();
  }

  private static Owner decode(dev.jig.wire.proto.Owner from) {
    var paths = from.getPaths();
    var account = from.getAccount();
    return new Owner(
        from.getPid(),
        from.getTid(),
        from.getUid(),
        from.getGid(),
        from.getComm(),
        from.getPpid(),
        from.getPcomm(),
        from.getMountNs(),
        from.getNetNs(),
        from.getStartTimeNs(),
        from.hasPaths()
            ? new Owner.Paths(
                paths.hasExePath() ? paths.getExePath() : null,
                paths.hasCwd() ? paths.getCwd() : null,
                paths.hasCommandLine() ? paths.getCommandLine() : null)
            : null,
        from.hasAccount()
            ? new Owner.Account(
                account.hasUser() ? account.getUser() : null,
                account.hasGroup() ? account.getGroup() : null)
            : null,
        from.getStartedNs());
  }

  private static dev.jig.wire.proto.Container encode(Container container) {
    var to =
        dev.jig.wire.proto.Container.newBuilder()
            .setId(container.id())
            .putAllLabels(container.labels());
    setIfPresent(container.runtime(), to::setRuntime);
    setIfPresent(container.name(), to::setName);
    setIfPresent(container.image(), to::setImage);
    setIfPresent(container.imageDigest(), to::setImageDigest);
    setIfPresent(container.pod(), pod -> to.setPod(encode(pod)));
    return to.build();
  }

  private static Container decode(dev.jig.wire.proto.Container from) {
    return new Container(
        from.hasRuntime() ? from.getRuntime() : null,
        from.getId(),
        from.hasName() ? from.getName() : null,
        from.hasImage() ? from.getImage() : null,
        from.hasImageDigest() ? from.getImageDigest() : null,
        from.getLabelsMap(),
        from.hasPod() ? decode(from.getPod()) : null);
  }

  private static dev.jig.wire.proto.Pod encode(Container.Pod pod) {
    var to = dev.jig.wire.proto.Pod.newBuilder().setHostNetwork(pod.hostNetwork());
    setIfPresent(pod.labels(), to::putAllLabels);
    setIfPresent(pod.namespace(), to::setNamespace);
    setIfPresent(pod.name(), to::setName);
    setIfPresent(pod.uid(), to::setUid);
    setIfPresent(pod.containerName(), to::setContainerName);
    return to.build();
  }

  private static Container.Pod decode(dev.jig.wire.proto.Pod from) {
    return new Container.Pod(
        from.hasNamespace() ? from.getNamespace() : null,
        from.hasName() ? from.getName() : null,
        from.hasUid() ? from.getUid() : null,
        from.getLabelsMap(),
        from.hasContainerName() ? from.getContainerName() : null,
        from.getHostNetwork());
  }

  static <T> void setIfPresent(@Nullable T value, Consumer<T> setter) {
    if (value != null) {
      setter.accept(value);
    }
  }

  static <T> int toNumber(List<T> kinds, @Nullable T kind) {
    return kind == null ? 0 : kinds.indexOf(kind) + 1;
  }

  static <T> T fromNumber(List<T> kinds, int number, T otherwise) {
    T kind = fromNumberOrNull(kinds, number);
    return kind == null ? otherwise : kind;
  }

  static <T> @Nullable T fromNumberOrNull(List<T> kinds, int number) {
    return number >= 1 && number <= kinds.size() ? kinds.get(number - 1) : null;
  }
}
