package dev.jig.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.jig.event.Attribution;
import dev.jig.event.Container;
import dev.jig.event.EndpointName;
import dev.jig.event.IpAddress;
import dev.jig.event.Owner;
import dev.jig.event.Subject;
import dev.jig.wire.proto.RowProto;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Decodes the parts that the rows of a batch share. Numbers that an output or a cache depends on
/// are checked: the bytes may be from any file.
final class PartDecoder {
  private static final int MAX_U16 = 0xffff;

  private final @Nullable String node;
  private final PartInterner interner = new PartInterner();
  private final Subject unknown;

  /// @param node the node of subjects that do not name theirs; null: none
  PartDecoder(@Nullable String node) {
    this.node = node;
    this.unknown = interner.intern(new Subject(node, null, null, Attribution.UNKNOWN));
  }

  /// The parts of a batch, by reference.
  record Parts(Subject unknown, List<Subject> subjects, List<EndpointName> names) {
    Subject subject(int reference) throws InvalidProtocolBufferException {
      Subject subject = partAt(subjects, reference);
      return subject == null ? unknown : subject;
    }

    @Nullable Subject peer(int reference) throws InvalidProtocolBufferException {
      return partAt(subjects, reference);
    }

    @Nullable EndpointName name(int reference) throws InvalidProtocolBufferException {
      return partAt(names, reference);
    }
  }

  private static <T> @Nullable T partAt(List<T> parts, int reference)
      throws InvalidProtocolBufferException {
    if (reference == 0) {
      return null;
    }
    if (reference < 0 || reference > parts.size()) {
      throw new InvalidProtocolBufferException("a reference to part " + reference);
    }
    return parts.get(reference - 1);
  }

  Parts decode(RowProto.RowBatch batch) throws InvalidProtocolBufferException {
    List<Container> containers =
        batch.getContainersList().stream().map(it -> interner.intern(decode(it))).toList();
    Subject[] subjects = new Subject[batch.getSubjectsCount()];
    for (int i = 0; i < subjects.length; i++) {
      RowProto.Subject from = batch.getSubjects(i);
      subjects[i] = decode(from, partAt(containers, from.getContainer()));
    }
    return new Parts(
        unknown,
        List.of(subjects),
        batch.getNamesList().stream().map(PartDecoder::decode).toList());
  }

  private Subject decode(RowProto.Subject from, @Nullable Container container) {
    Attribution attribution = RowEnums.ATTRIBUTIONS.of(from.getAttributionValue());
    return interner.intern(
        new Subject(
            from.hasNode() ? from.getNode() : node,
            container,
            from.hasOwner() ? interner.intern(decode(from.getOwner())) : null,
            attribution == null ? Attribution.UNKNOWN : attribution));
  }

  private static EndpointName decode(RowProto.EndpointName from) {
    EndpointName.Kind kind = RowEnums.ENDPOINT_KINDS.of(from.getKindValue());
    return new EndpointName(
        kind == null ? EndpointName.Kind.POD : kind, from.getNamespace(), from.getName());
  }

  private static Owner decode(RowProto.Owner from) {
    return new Owner(
        from.getPid(),
        from.getTid(),
        from.getUid(),
        from.getGid(),
        from.getComm(),
        from.hasProcessName() ? from.getProcessName() : null,
        from.getPpid(),
        from.getPcomm(),
        from.getMountNs(),
        from.getNetNs(),
        from.getStartBootNs(),
        from.hasPaths() ? decode(from.getPaths()) : null,
        from.hasAccount() ? decode(from.getAccount()) : null,
        from.getStartEpochNs());
  }

  private static Owner.Paths decode(RowProto.Paths from) {
    return new Owner.Paths(
        from.hasExePath() ? from.getExePath() : null,
        from.hasCwd() ? from.getCwd() : null,
        from.hasCommandLine() ? from.getCommandLine() : null);
  }

  private static Owner.Account decode(RowProto.Account from) {
    return new Owner.Account(
        from.hasUser() ? from.getUser() : null, from.hasGroup() ? from.getGroup() : null);
  }

  private static Container decode(RowProto.Container from) {
    return new Container(
        from.hasRuntime() ? from.getRuntime() : null,
        from.getId(),
        from.hasName() ? from.getName() : null,
        from.hasImage() ? from.getImage() : null,
        from.hasImageDigest() ? from.getImageDigest() : null,
        from.getLabels().getValuesMap(),
        from.hasPod() ? decode(from.getPod()) : null);
  }

  private static Container.Pod decode(RowProto.Pod from) {
    Map<String, String> labels = from.hasLabels() ? from.getLabels().getValuesMap() : null;
    return new Container.Pod(
        from.hasNamespace() ? from.getNamespace() : null,
        from.hasName() ? from.getName() : null,
        from.hasUid() ? from.getUid() : null,
        labels,
        from.hasContainerName() ? from.getContainerName() : null,
        from.getHostNetwork());
  }

  static IpAddress address(ByteString from) throws InvalidProtocolBufferException {
    IpAddress address = addressOrNull(from);
    if (address == null) {
      throw new InvalidProtocolBufferException("no address");
    }
    return address;
  }

  static @Nullable IpAddress addressOrNull(ByteString from) throws InvalidProtocolBufferException {
    if (from.isEmpty()) {
      return null;
    }
    byte[] bytes = from.toByteArray();
    if (bytes.length != 4 && bytes.length != 16) {
      throw new InvalidProtocolBufferException("an address of " + bytes.length + " bytes");
    }
    return IpAddress.of(bytes, 0, bytes.length);
  }

  /// Returns a number of 16 bits.
  static int u16(int number) throws InvalidProtocolBufferException {
    return upTo(MAX_U16, number);
  }

  /// Returns a number from 0 to `max`.
  static int upTo(int max, int number) throws InvalidProtocolBufferException {
    if (number < 0 || number > max) {
      throw new InvalidProtocolBufferException(number + " is not in 0 to " + max);
    }
    return number;
  }
}
