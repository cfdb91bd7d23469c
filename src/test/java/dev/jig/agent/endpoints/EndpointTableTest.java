package dev.jig.agent.endpoints;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.event.EndpointName;
import dev.jig.event.EndpointName.Kind;
import dev.jig.event.IpAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class EndpointTableTest {
  private static final IpAddress V4 = IpAddress.v4(0xc0000201);
  private static final IpAddress OTHER = IpAddress.v4(0xc0000202);
  private static final IpAddress V6 = IpAddress.v6(0x20010db800000000L, 1);
  private static final EndpointName OLD = new EndpointName(Kind.POD, "demo", "old");
  private static final EndpointName NEW = new EndpointName(Kind.POD, "demo", "new");
  private static final EndpointName SERVICE = new EndpointName(Kind.SERVICE, "demo", "web");

  private long nowS = 1_000;
  private final EndpointTable table = new EndpointTable(() -> ns(nowS), 4);

  @Test
  void bothAddressesOfADualStackPodAreNamed() {
    put(NEW, 990, V4, V6);

    assertThat(at(V4, 1_001)).isEqualTo(NEW);
    assertThat(at(V6, 1_001)).isEqualTo(NEW);
    assertThat(at(OTHER, 1_001)).isNull();
  }

  @Test
  void aReusedAddressIsNamedByTheTimeOfTheRow() {
    put(OLD, 900, V4);
    nowS = 1_010;
    table.remove(OLD);
    nowS = 1_020;
    put(NEW, 1_015, V4);

    assertThat(at(V4, 1_005)).isEqualTo(OLD);
    assertThat(at(V4, 1_012)).as("released, and the next pod was not created yet").isNull();
    assertThat(at(V4, 1_017)).as("used before the API server reported it").isEqualTo(NEW);
    assertThat(at(V4, 1_030)).isEqualTo(NEW);
  }

  @Test
  void theNewestOfTwoListedOwnersWins() {
    put(OLD, 900, V4);
    nowS = 1_010;
    put(NEW, 1_005, V4);
    nowS = 1_020;
    table.remove(OLD);

    assertThat(at(V4, 1_007)).isEqualTo(OLD);
    assertThat(at(V4, 1_015)).isEqualTo(NEW);
    assertThat(at(V4, 1_025)).isEqualTo(NEW);
  }

  @Test
  void aChangedAddressReplacesTheOldOne() {
    put(NEW, 990, V4, V6);
    nowS = 1_010;
    put(NEW, 990, OTHER, V6);

    assertThat(at(V4, 1_011)).isNull();
    assertThat(at(V4, 1_009)).isEqualTo(NEW);
    assertThat(at(OTHER, 1_011)).isEqualTo(NEW);
    assertThat(at(V6, 1_011)).isEqualTo(NEW);
  }

  @Test
  void retainRemovesUnlistedNamesOfOneKind() {
    put(OLD, 900, V4);
    put(NEW, 900, V6);
    put(SERVICE, 900, OTHER);
    nowS = 1_010;

    table.retain(Kind.POD, Set.of(NEW));

    assertThat(at(V4, 1_011)).isNull();
    assertThat(at(V6, 1_011)).isEqualTo(NEW);
    assertThat(at(OTHER, 1_011)).isEqualTo(SERVICE);
  }

  @Test
  void aReleasedAddressIsEvictedAfterAMinute() {
    put(OLD, 900, V4);
    nowS = 1_010;
    table.remove(OLD);
    nowS = 1_069;
    put(NEW, 1_069, V6);
    assertThat(at(V4, 1_005)).isEqualTo(OLD);
    assertThat(table.size()).isEqualTo(2);

    nowS = 1_071;
    table.remove(SERVICE);

    assertThat(at(V4, 1_005)).isNull();
    assertThat(table.size()).isEqualTo(1);
  }

  @Test
  void anAddressKeepsItsLastEightOwners() {
    for (int i = 0; i < 100; i++) {
      EndpointName pod = new EndpointName(Kind.POD, "demo", "p" + i);
      nowS++;
      put(pod, nowS, V4);
      nowS++;
      table.remove(pod);
    }

    assertThat(at(V4, nowS - 1)).isEqualTo(new EndpointName(Kind.POD, "demo", "p99"));
    assertThat(at(V4, nowS - 15)).isEqualTo(new EndpointName(Kind.POD, "demo", "p92"));
    assertThat(at(V4, nowS - 17)).isNull();
  }

  @Test
  void addressesBeyondTheLimitAreCountedUntilThereIsRoom() {
    for (int i = 0; i < 6; i++) {
      put(new EndpointName(Kind.POD, "demo", "p" + i), 900, IpAddress.v4(i + 1));
    }

    assertThat(table.size()).isEqualTo(4);
    assertThat(table.rejectedAddresses()).isEqualTo(2);
    assertThat(at(IpAddress.v4(5), 1_001)).isNull();

    table.remove(new EndpointName(Kind.POD, "demo", "p0"));
    nowS = 1_061;
    put(new EndpointName(Kind.POD, "demo", "p4"), 900, IpAddress.v4(5));

    assertThat(at(IpAddress.v4(5), 1_062)).isEqualTo(new EndpointName(Kind.POD, "demo", "p4"));
  }

  private void put(EndpointName name, long createdS, IpAddress... addresses) {
    table.put(name, ns(createdS), List.of(addresses));
  }

  private @Nullable EndpointName at(IpAddress address, long timeS) {
    return table.nameAt(address, ns(timeS));
  }

  private static long ns(long seconds) {
    return TimeUnit.SECONDS.toNanos(seconds);
  }
}
