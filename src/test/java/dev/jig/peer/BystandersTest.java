package dev.jig.peer;

import static dev.jig.capture.Packets.address;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.event.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Unwanted cgroups cost little, and are still there where they are somebody's peer.
final class BystandersTest {
  private static final IpAddress SOURCE = address("192.0.2.7");
  private static final long CGROUP = 41;
  private static final long SECOND = Bystanders.FORGET_EVERY_NS;

  private final List<Long> skipped = new ArrayList<>();
  private int forgotten;
  private final Bystanders bystanders = new Bystanders(skipped::add, () -> forgotten++);

  private void see(long cgroup, int messages) {
    for (int i = 0; i < messages; i++) {
      bystanders.sawOf(cgroup, SOURCE);
    }
  }

  @Test
  void areSkippedWhenTheyHelpedNobody() {
    bystanders.maySkip(CGROUP);
    see(CGROUP, Bystanders.PATIENCE);
    assertThat(skipped).isEmpty();
    see(CGROUP, 1);
    assertThat(skipped).containsExactly(CGROUP);
  }

  @Test
  void areNeverSkippedUnlessTheScopeAllows() {
    see(CGROUP, 100);
    bystanders.maySkip(CGROUP);
    bystanders.offersAreVoid();
    see(CGROUP, 100);
    assertThat(skipped).isEmpty();
  }

  @Test
  void keepTheirPlaceForLongWhenTheyWereAPeer() {
    bystanders.maySkip(CGROUP);
    bystanders.helped(CGROUP);
    see(CGROUP, Bystanders.CREDIT);
    assertThat(skipped).isEmpty();
    see(CGROUP, Bystanders.PATIENCE + 1);
    assertThat(skipped).containsExactly(CGROUP);
  }

  @Test
  void countAgainWhenOneOfThemIsMissed() {
    bystanders.maySkip(CGROUP);
    see(CGROUP, Bystanders.PATIENCE + 1);
    bystanders.missed(address("192.0.2.8"), SECOND);
    assertThat(forgotten).isZero();
    bystanders.missed(SOURCE, SECOND);
    assertThat(forgotten).isEqualTo(1);
    see(CGROUP, Bystanders.PATIENCE);
    assertThat(skipped).containsExactly(CGROUP);
    see(CGROUP, 1);
    assertThat(skipped).containsExactly(CGROUP, CGROUP);
  }

  @Test
  void areNotWokenMoreOftenThanOnceASecond() {
    bystanders.maySkip(CGROUP);
    see(CGROUP, Bystanders.PATIENCE + 1);
    bystanders.missed(SOURCE, SECOND);
    see(CGROUP, Bystanders.PATIENCE + 1);
    bystanders.missed(SOURCE, 2 * SECOND - 1);
    assertThat(forgotten).isEqualTo(1);
    bystanders.missed(SOURCE, 2 * SECOND);
    assertThat(forgotten).isEqualTo(2);
  }

  @Test
  void areToldApartByTheThousand() {
    for (long cgroup = 1; cgroup <= 1000; cgroup++) {
      bystanders.maySkip(cgroup * 137);
    }
    for (long cgroup = 1; cgroup <= 1000; cgroup++) {
      see(cgroup * 137, Bystanders.PATIENCE + 1);
    }
    assertThat(skipped).hasSize(1000).doesNotHaveDuplicates();
  }
}
