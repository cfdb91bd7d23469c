package dev.jig.peer;

import static dev.jig.capture.Packets.address;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.event.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// When unwanted cgroups are skipped in the kernel although rows show peers.
final class PeerSkipPolicyTest {
  private static final IpAddress SOURCE = address("192.0.2.7");
  private static final long CGROUP = 41;
  private static final long SECOND = PeerSkipPolicy.MIN_CLEAR_INTERVAL_NS;

  private final List<Long> skipped = new ArrayList<>();
  private int cleared;
  private final PeerSkipPolicy policy = new PeerSkipPolicy(skipped::add, () -> cleared++);

  private void sendMessages(long cgroup, int messages) {
    for (int i = 0; i < messages; i++) {
      policy.packetSeen(cgroup, SOURCE);
    }
  }

  @Test
  void skipsACgroupThatIsNeverAPeer() {
    policy.allowSkip(CGROUP);
    sendMessages(CGROUP, PeerSkipPolicy.MAX_IDLE_MESSAGES);
    assertThat(skipped).isEmpty();
    sendMessages(CGROUP, 1);
    assertThat(skipped).containsExactly(CGROUP);
  }

  @Test
  void skipsOnlyIfTheScopeAllows() {
    sendMessages(CGROUP, 100);
    policy.allowSkip(CGROUP);
    policy.reset();
    sendMessages(CGROUP, 100);
    assertThat(skipped).isEmpty();
  }

  @Test
  void skipsAFormerPeerMuchLater() {
    policy.allowSkip(CGROUP);
    policy.peerFound(CGROUP);
    sendMessages(CGROUP, PeerSkipPolicy.PEER_CREDIT);
    assertThat(skipped).isEmpty();
    sendMessages(CGROUP, PeerSkipPolicy.MAX_IDLE_MESSAGES + 1);
    assertThat(skipped).containsExactly(CGROUP);
  }

  @Test
  void clearsSkipsWhenAPeerIsMissing() {
    policy.allowSkip(CGROUP);
    sendMessages(CGROUP, PeerSkipPolicy.MAX_IDLE_MESSAGES + 1);
    policy.peerMissing(address("192.0.2.8"), SECOND);
    assertThat(cleared).isZero();
    policy.peerMissing(SOURCE, SECOND);
    assertThat(cleared).isEqualTo(1);
    sendMessages(CGROUP, PeerSkipPolicy.MAX_IDLE_MESSAGES);
    assertThat(skipped).containsExactly(CGROUP);
    sendMessages(CGROUP, 1);
    assertThat(skipped).containsExactly(CGROUP, CGROUP);
  }

  @Test
  void clearsSkipsAtMostOnceASecond() {
    policy.allowSkip(CGROUP);
    sendMessages(CGROUP, PeerSkipPolicy.MAX_IDLE_MESSAGES + 1);
    policy.peerMissing(SOURCE, SECOND);
    sendMessages(CGROUP, PeerSkipPolicy.MAX_IDLE_MESSAGES + 1);
    policy.peerMissing(SOURCE, 2 * SECOND - 1);
    assertThat(cleared).isEqualTo(1);
    policy.peerMissing(SOURCE, 2 * SECOND);
    assertThat(cleared).isEqualTo(2);
  }

  @Test
  void distinguishesAThousandCgroups() {
    for (long cgroup = 1; cgroup <= 1000; cgroup++) {
      policy.allowSkip(cgroup * 137);
    }
    for (long cgroup = 1; cgroup <= 1000; cgroup++) {
      sendMessages(cgroup * 137, PeerSkipPolicy.MAX_IDLE_MESSAGES + 1);
    }
    assertThat(skipped).hasSize(1000).doesNotHaveDuplicates();
  }
}
