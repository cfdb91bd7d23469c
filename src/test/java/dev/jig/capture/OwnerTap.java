package dev.jig.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.capture.Packet.Direction;
import dev.jig.event.Attribution;
import dev.jig.event.Owner;
import dev.jig.event.Protocol;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Captures the packets of one port with their owners.
final class OwnerTap implements AutoCloseable {
  private static final long TIMEOUT_NS = 30_000_000_000L;

  /// A copy of a packet's parts.
  record Seen(
      Direction direction,
      Protocol protocol,
      int sourcePort,
      Attribution attribution,
      @Nullable Owner owner) {
    Owner known() {
      return Objects.requireNonNull(owner, toString());
    }
  }

  private final List<Seen> packets = new ArrayList<>();
  private final LiveCapture capture;

  /// Captures as on a kernel that lacks the programs `missing`.
  OwnerTap(int port, List<String> missing) {
    BitSet ports = new BitSet();
    ports.set(port);
    capture = LiveCapture.load(false, missing);
    capture.setPorts(ports, false);
    capture.attach(this::add);
    assertThat(capture.missingPrograms()).doesNotContainKey("owners of sockets opened before");
  }

  private void add(Packet packet) {
    packets.add(
        new Seen(
            packet.direction(),
            packet.protocol(),
            packet.sourcePort(),
            packet.attribution(),
            packet.owner()));
  }

  void clear() {
    packets.clear();
  }

  void assignOwnersAgain() {
    assertThat(capture.assignSocketOwners()).isEmpty();
  }

  Seen first(Direction direction, int sourcePort) {
    return first(p -> p.direction == direction && p.sourcePort == sourcePort);
  }

  private Seen first(Predicate<Seen> wanted) {
    long deadline = System.nanoTime() + TIMEOUT_NS;
    while (packets.stream().noneMatch(wanted) && System.nanoTime() < deadline) {
      capture.poll(20);
    }
    assertThat(packets).anyMatch(wanted);
    return packets.stream().filter(wanted).findFirst().orElseThrow();
  }

  /// Expects this process as owner, by its socket, of the first packet in this direction.
  void expectOurs(Direction direction, Protocol protocol) throws IOException {
    Seen packet = first(p -> p.direction == direction && p.protocol == protocol);
    Owner owner = packet.known();
    assertThat(packet.attribution).isEqualTo(Attribution.SOCKET);
    assertThat(owner.pid()).isEqualTo((int) ProcessHandle.current().pid());
    assertThat(owner.ppid()).isEqualTo((int) ProcessHandle.current().parent().orElseThrow().pid());
    assertThat(owner.comm())
        .isEqualTo(Files.readString(Path.of("/proc/self/comm"), StandardCharsets.UTF_8).strip());
    assertThat(owner.processName()).isEqualTo(owner.comm());
    assertThat(owner.uid()).isZero();
  }

  @Override
  public void close() {
    capture.close();
  }
}
