package dev.jig.wire;

import dev.jig.event.Attribution;
import dev.jig.event.Container;
import dev.jig.event.EndpointName;
import dev.jig.event.Owner;
import dev.jig.event.Subject;
import dev.jig.wire.proto.RowProto;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Encodes the parts that rows share. Each is written to a batch once, ahead of the first row that
/// refers to it, by copying the bytes that an earlier row had.
final class PartEncoder {
  private static final int CONTAINER_BITS = 8;
  private static final int SUBJECT_BITS = 10;
  private static final int NAME_BITS = 8;

  /// The fields of a map's entry (protobuf.dev/programming-guides/encoding#maps).
  private static final int MAP_KEY = 1;

  private static final int MAP_VALUE = 2;

  private final ProtoBytes out;
  private final ProtoBytes scratch = new ProtoBytes(1024);
  private final int maxContainerBytes;
  private final PartCache<Container> containers =
      new PartCache<>(
          CONTAINER_BITS,
          container -> container.id().hashCode(),
          PartEncoder::isSame,
          this::encode);
  private final PartCache<Subject> subjects =
      new PartCache<>(
          SUBJECT_BITS, Subject::tableHash, PartEncoder::isSame, this::encodeWithoutContainer);
  private final PartCache<EndpointName> names =
      new PartCache<>(
          NAME_BITS, name -> name.name().hashCode(), EndpointName::equals, this::encode);

  /// @param out the batch
  /// @param maxContainerBytes a container that takes more is encoded without labels
  PartEncoder(ProtoBytes out, int maxContainerBytes) {
    this.out = out;
    this.maxContainerBytes = maxContainerBytes;
  }

  @SuppressWarnings("ReferenceEquality") // comparing labels takes longer than encoding them twice
  private static boolean isSame(Container one, Container other) {
    return one == other;
  }

  @SuppressWarnings("ReferenceEquality") // equal parts that are not shared are only slower
  private static boolean isSame(Subject one, Subject other) {
    return one == other
        || (one.owner() == other.owner()
            && one.container() == other.container()
            && one.attribution() == other.attribution()
            && one.node() == other.node());
  }

  void beginBatch() {
    containers.beginBatch();
    subjects.beginBatch();
    names.beginBatch();
  }

  /// The subject's reference; writes it if the batch does not contain it yet.
  int refer(@Nullable Subject subject) {
    if (subject == null) {
      return 0;
    }
    PartCache.Entry<Subject> entry = subjects.get(subject);
    if (subjects.add(entry)) {
      int container = refer(subject.container());
      int start = out.begin(RowProto.RowBatch.SUBJECTS_FIELD_NUMBER);
      out.putNumber(RowProto.Subject.CONTAINER_FIELD_NUMBER, container);
      out.putRaw(entry.encoded());
      out.end(start);
    }
    return entry.position();
  }

  private int refer(@Nullable Container container) {
    if (container == null) {
      return 0;
    }
    PartCache.Entry<Container> entry = containers.get(container);
    if (containers.add(entry)) {
      out.putRaw(entry.encoded());
    }
    return entry.position();
  }

  /// The name's reference; writes it if the batch does not contain it yet.
  int refer(@Nullable EndpointName name) {
    if (name == null) {
      return 0;
    }
    PartCache.Entry<EndpointName> entry = names.get(name);
    if (names.add(entry)) {
      out.putRaw(entry.encoded());
    }
    return entry.position();
  }

  private byte[] encode(EndpointName name) {
    scratch.clear();
    int start = scratch.begin(RowProto.RowBatch.NAMES_FIELD_NUMBER);
    scratch.putNumber(
        RowProto.EndpointName.KIND_FIELD_NUMBER, RowEnums.ENDPOINT_KINDS.numberOf(name.kind()));
    scratch.putText(RowProto.EndpointName.NAMESPACE_FIELD_NUMBER, name.namespace());
    scratch.putText(RowProto.EndpointName.NAME_FIELD_NUMBER, name.name());
    scratch.end(start);
    return scratch.toArray();
  }

  private byte[] encodeWithoutContainer(Subject subject) {
    scratch.clear();
    put(subject.owner());
    scratch.putNumber(
        RowProto.Subject.ATTRIBUTION_FIELD_NUMBER,
        RowEnums.ATTRIBUTIONS.numberOf(subject.attribution()));
    scratch.putText(RowProto.Subject.NODE_FIELD_NUMBER, subject.node());
    return scratch.toArray();
  }

  /// Whether a reference of 0 says the same: nothing is known.
  static boolean isUnknown(Subject subject) {
    return subject.owner() == null
        && subject.container() == null
        && subject.node() == null
        && subject.attribution() == Attribution.UNKNOWN;
  }

  private void put(@Nullable Owner owner) {
    if (owner == null) {
      return;
    }
    int start = scratch.begin(RowProto.Subject.OWNER_FIELD_NUMBER);
    scratch.putNumber(RowProto.Owner.PID_FIELD_NUMBER, owner.pid());
    scratch.putNumber(RowProto.Owner.TID_FIELD_NUMBER, owner.tid());
    scratch.putNumber(RowProto.Owner.UID_FIELD_NUMBER, owner.uid());
    scratch.putNumber(RowProto.Owner.GID_FIELD_NUMBER, owner.gid());
    scratch.putText(RowProto.Owner.COMM_FIELD_NUMBER, owner.comm());
    scratch.putText(RowProto.Owner.PROCESS_NAME_FIELD_NUMBER, owner.processName());
    scratch.putNumber(RowProto.Owner.PPID_FIELD_NUMBER, owner.ppid());
    scratch.putText(RowProto.Owner.PCOMM_FIELD_NUMBER, owner.pcomm());
    scratch.putNumber(RowProto.Owner.MOUNT_NS_FIELD_NUMBER, owner.mountNs());
    scratch.putNumber(RowProto.Owner.NET_NS_FIELD_NUMBER, owner.netNs());
    scratch.putNumber(RowProto.Owner.START_BOOT_NS_FIELD_NUMBER, owner.startBootNs());
    put(owner.paths());
    put(owner.account());
    scratch.putNumber(RowProto.Owner.START_EPOCH_NS_FIELD_NUMBER, owner.startEpochNs());
    scratch.end(start);
  }

  private void put(Owner.@Nullable Paths paths) {
    if (paths != null) {
      int start = scratch.begin(RowProto.Owner.PATHS_FIELD_NUMBER);
      scratch.putText(RowProto.Paths.EXE_PATH_FIELD_NUMBER, paths.exePath());
      scratch.putText(RowProto.Paths.CWD_FIELD_NUMBER, paths.cwd());
      scratch.putText(RowProto.Paths.COMMAND_LINE_FIELD_NUMBER, paths.commandLine());
      scratch.end(start);
    }
  }

  private void put(Owner.@Nullable Account account) {
    if (account != null) {
      int start = scratch.begin(RowProto.Owner.ACCOUNT_FIELD_NUMBER);
      scratch.putText(RowProto.Account.USER_FIELD_NUMBER, account.user());
      scratch.putText(RowProto.Account.GROUP_FIELD_NUMBER, account.group());
      scratch.end(start);
    }
  }

  private byte[] encode(Container container) {
    byte[] encoded = encode(container, true);
    return encoded.length > maxContainerBytes ? encode(container, false) : encoded;
  }

  private byte[] encode(Container container, boolean withLabels) {
    scratch.clear();
    int start = scratch.begin(RowProto.RowBatch.CONTAINERS_FIELD_NUMBER);
    scratch.putText(RowProto.Container.RUNTIME_FIELD_NUMBER, container.runtime());
    scratch.putText(RowProto.Container.ID_FIELD_NUMBER, container.id());
    scratch.putText(RowProto.Container.NAME_FIELD_NUMBER, container.name());
    scratch.putText(RowProto.Container.IMAGE_FIELD_NUMBER, container.image());
    scratch.putText(RowProto.Container.IMAGE_DIGEST_FIELD_NUMBER, container.imageDigest());
    putLabels(RowProto.Container.LABELS_FIELD_NUMBER, withLabels ? container.labels() : Map.of());
    Container.Pod pod = container.pod();
    if (pod != null) {
      put(pod, withLabels ? pod.labels() : null);
    }
    scratch.end(start);
    return scratch.toArray();
  }

  private void put(Container.Pod pod, @Nullable Map<String, String> labels) {
    int start = scratch.begin(RowProto.Container.POD_FIELD_NUMBER);
    scratch.putText(RowProto.Pod.NAMESPACE_FIELD_NUMBER, pod.namespace());
    scratch.putText(RowProto.Pod.NAME_FIELD_NUMBER, pod.name());
    scratch.putText(RowProto.Pod.UID_FIELD_NUMBER, pod.uid());
    if (labels != null) {
      putLabels(RowProto.Pod.LABELS_FIELD_NUMBER, labels);
    }
    scratch.putText(RowProto.Pod.CONTAINER_NAME_FIELD_NUMBER, pod.containerName());
    scratch.putBoolean(RowProto.Pod.HOST_NETWORK_FIELD_NUMBER, pod.hostNetwork());
    scratch.end(start);
  }

  /// In the order of their keys: equal labels have equal bytes.
  private void putLabels(int field, Map<String, String> labels) {
    int start = scratch.begin(field);
    new TreeMap<>(labels)
        .forEach((key, value) -> {
          int entry = scratch.begin(RowProto.Labels.VALUES_FIELD_NUMBER);
          scratch.putText(MAP_KEY, key);
          scratch.putText(MAP_VALUE, value);
          scratch.end(entry);
        });
    scratch.end(start);
  }
}
