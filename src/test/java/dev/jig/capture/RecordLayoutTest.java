package dev.jig.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Compares RecordLayout's offsets with the BTF of the compiled object.
final class RecordLayoutTest {
  private static final Btf BTF = Btf.ofElf(object());

  @ParameterizedTest
  @MethodSource("offsets")
  void offsetsMatchTheCompilers(String struct, String member, int offset) {
    assertThat(BTF.struct(struct).offsets()).containsEntry(member, offset);
  }

  static Stream<Arguments> offsets() {
    return Stream.of(
        arguments("packet_record", "kind", RecordLayout.KIND),
        arguments("packet_record", "direction", RecordLayout.DIRECTION),
        arguments("packet_record", "pkt_type", RecordLayout.PKT_TYPE),
        arguments("packet_record", "protocol", RecordLayout.PROTOCOL),
        arguments("packet_record", "attribution", RecordLayout.ATTRIBUTION),
        arguments("packet_record", "flags", RecordLayout.FLAGS),
        arguments("packet_record", "asked_port", RecordLayout.ASKED_PORT),
        arguments("packet_record", "source_port", RecordLayout.SOURCE_PORT),
        arguments("packet_record", "destination_port", RecordLayout.DESTINATION_PORT),
        arguments("packet_record", "payload_len", RecordLayout.PAYLOAD_LEN),
        arguments("packet_record", "inline_len", RecordLayout.INLINE_LEN),
        arguments("packet_record", "tcp_seq", RecordLayout.TCP_SEQ),
        arguments("packet_record", "tcp_ack", RecordLayout.TCP_ACK),
        arguments("packet_record", "gso_size", RecordLayout.GSO_SIZE),
        arguments("packet_record", "netns", RecordLayout.NETNS),
        arguments("packet_record", "time", RecordLayout.TIME),
        arguments("packet_record", "cookie", RecordLayout.COOKIE),
        arguments("packet_record", "cgroup", RecordLayout.CGROUP),
        arguments("packet_record", "source", RecordLayout.SOURCE),
        arguments("packet_record", "destination", RecordLayout.DESTINATION),
        arguments("packet_record", "asked", RecordLayout.ASKED),
        arguments("packet_record", "owner", RecordLayout.OWNER),
        arguments("owner", "start_time", RecordLayout.OWNER_START_TIME),
        arguments("owner", "pid", RecordLayout.OWNER_PID),
        arguments("owner", "tid", RecordLayout.OWNER_TID),
        arguments("owner", "uid", RecordLayout.OWNER_UID),
        arguments("owner", "gid", RecordLayout.OWNER_GID),
        arguments("owner", "ppid", RecordLayout.OWNER_PPID),
        arguments("owner", "mntns", RecordLayout.OWNER_MNTNS),
        arguments("owner", "netns", RecordLayout.OWNER_NETNS),
        arguments("owner", "comm", RecordLayout.OWNER_COMM),
        arguments("owner", "pcomm", RecordLayout.OWNER_PCOMM),
        arguments("owner", "process_name", RecordLayout.OWNER_PROCESS_NAME),
        arguments("chunk_record", "kind", RecordLayout.KIND),
        arguments("chunk_record", "direction", RecordLayout.DIRECTION),
        arguments("chunk_record", "offset", RecordLayout.CHUNK_OFFSET),
        arguments("chunk_record", "len", RecordLayout.CHUNK_LEN),
        arguments("chunk_record", "time", RecordLayout.CHUNK_TIME),
        arguments("chunk_record", "cookie", RecordLayout.CHUNK_COOKIE),
        arguments("cgroup_record", "kind", RecordLayout.KIND),
        arguments("cgroup_record", "path_len", RecordLayout.CGROUP_PATH_LEN),
        arguments("cgroup_record", "id", RecordLayout.CGROUP_ID),
        arguments("cgroup_record", "path", RecordLayout.CGROUP_PATH),
        arguments("closed_record", "kind", RecordLayout.KIND),
        arguments("closed_record", "time", RecordLayout.CLOSED_TIME),
        arguments("closed_record", "cookie", RecordLayout.CLOSED_COOKIE),
        arguments("drop_record", "reason", RecordLayout.DROP_REASON),
        arguments("drop_record", "hook", RecordLayout.DROP_HOOK),
        arguments("drop_record", "place", RecordLayout.DROP_PLACE),
        arguments("drop_record", "device_down", RecordLayout.DROP_DEVICE_DOWN),
        arguments("settings", "ports", 0),
        arguments("settings", "any_udp_port", KernelSettings.ANY_UDP_PORT),
        arguments("settings", "verdicts", KernelSettings.VERDICTS),
        arguments("settings", "epoch", KernelSettings.EPOCH),
        arguments("settings", "asleep", KernelSettings.ASLEEP));
  }

  @Test
  void payloadFollowsTheRecords() {
    assertThat(BTF.struct("packet_record").size()).isEqualTo(RecordLayout.PAYLOAD);
    assertThat(BTF.struct("chunk_record").size()).isEqualTo(RecordLayout.CHUNK_DATA);
    assertThat(BTF.struct("drop_record").size()).isEqualTo(RecordLayout.DROP_PAYLOAD);
    assertThat(BTF.struct("owner").size()).isEqualTo(RecordLayout.OWNER_LEN);
    assertThat(BTF.struct("cgroup_record").size())
        .isEqualTo(RecordLayout.CGROUP_PATH + RecordLayout.CGROUP_PATH_MAX);
    assertThat(RecordLayout.OWNER_PCOMM - RecordLayout.OWNER_COMM).isEqualTo(RecordLayout.COMM_LEN);
  }

  @Test
  void constantsMatchTheEnums() {
    assertThat(BTF.enumerator("INGRESS")).isZero();
    assertThat(BTF.enumerator("EGRESS")).isEqualTo(RecordLayout.DIRECTION_EGRESS);
    assertThat(BTF.enumerator("OWNER_UNKNOWN")).isZero();
    assertThat(BTF.enumerator("OWNER_SOCKET")).isEqualTo(RecordLayout.ATTRIBUTION_SOCKET);
    assertThat(BTF.enumerator("OWNER_EXACT")).isEqualTo(RecordLayout.ATTRIBUTION_EXACT);
    assertThat(BTF.enumerator("RECORD_PACKET")).isEqualTo(RecordLayout.KIND_PACKET);
    assertThat(BTF.enumerator("RECORD_CHUNK")).isEqualTo(RecordLayout.KIND_CHUNK);
    assertThat(BTF.enumerator("RECORD_CGROUP")).isEqualTo(RecordLayout.KIND_CGROUP);
    assertThat(BTF.enumerator("RECORD_CLOSED")).isEqualTo(RecordLayout.KIND_CLOSED);
    assertThat(BTF.enumerator("RECORD_DROP")).isEqualTo(RecordLayout.KIND_DROP);
    assertThat(BTF.enumerator("RECORD_CONNECT")).isEqualTo(RecordLayout.KIND_CONNECT);
    assertThat(BTF.enumerator("RECORD_UNSENT")).isEqualTo(RecordLayout.KIND_UNSENT);
    assertThat(BTF.enumerator("ASKED_BY_CONNECT")).isEqualTo(RecordLayout.ASKED_BY_CONNECT);
    assertThat(BTF.enumerator("BUFFER_FILLING")).isEqualTo(RecordLayout.BUFFER_FILLING);
    assertThat(BTF.enumerator("ASKED_KNOWN")).isEqualTo(RecordLayout.ASKED_KNOWN);
    assertThat(BTF.enumerator("TCP_BEGINS")).isEqualTo(RecordLayout.TCP_BEGINS);
    assertThat(BTF.enumerator("TCP_ACKNOWLEDGES")).isEqualTo(RecordLayout.TCP_ACKNOWLEDGES);
  }

  /// [RecordReader] reads them by position.
  @Test
  void dropsAreNumberedInTheOrderOfTheEnums() {
    assertThat(List.of("DROP_KFREE_SKB", "DROP_ICMP_SENT", "DROP_SOCKET_ERROR"))
        .extracting(name -> RecordReader.HOOKS.get(BTF.enumerator(name) - 1))
        .containsExactly(Drop.Hook.PACKET_DROPPED, Drop.Hook.ICMP_SENT, Drop.Hook.SOCKET_ERROR);
    assertThat(
            List.of(
                "DROP_ON_PATH",
                "DROP_AT_SENDING_SOCKET",
                "DROP_AT_RECEIVING_SOCKET",
                "DROP_AT_RECEIVING_HOST"))
        .extracting(name -> RecordReader.PLACES.get(BTF.enumerator(name)))
        .containsExactly(
            Drop.Where.PATH,
            Drop.Where.SENDING_SOCKET,
            Drop.Where.RECEIVING_SOCKET,
            Drop.Where.RECEIVING_HOST);
  }

  /// [KernelCounters] reads them by position.
  @Test
  void countersComeInTheOrderOfTheirNames() {
    Btf.Struct counters = BTF.struct("counters");
    assertThat(counters.size()).isEqualTo(KernelCounters.FIELDS * Long.BYTES);
    List<String> names =
        Stream.of(KernelCounters.class.getRecordComponents())
            .map(component ->
                component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT))
            .toList();
    assertThat(List.copyOf(counters.offsets().keySet())).startsWith(names.toArray(String[]::new));
  }

  private static byte[] object() {
    try (InputStream image = RecordLayoutTest.class.getResourceAsStream("/trace_dns.bpf.o")) {
      return Objects.requireNonNull(image, "trace_dns.bpf.o").readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
