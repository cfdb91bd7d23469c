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

final class AddressBookTest {
  private static final IpAddress V4 = IpAddress.v4(0xc0000201);
  private static final IpAddress OTHER = IpAddress.v4(0xc0000202);
  private static final IpAddress V6 = IpAddress.v6(0x20010db800000000L, 1);
  private static final EndpointName OLD = new EndpointName(Kind.POD, "demo", "old");
  private static final EndpointName NEW = new EndpointName(Kind.POD, "demo", "new");
  private static final EndpointName SERVICE = new EndpointName(Kind.SERVICE, "demo", "web");

  private long nowS = 1_000;
  private final AddressBook book = new AddressBook(() -> ns(nowS), 4);

  @Test
  void bothAddressesOfADualStackPodAreIts() {
    put(NEW, 990, V4, V6);

    assertThat(at(V4, 1_001)).isEqualTo(NEW);
    assertThat(at(V6, 1_001)).isEqualTo(NEW);
    assertThat(at(OTHER, 1_001)).isNull();
  }

  @Test
  void anAddressGivenOnBelongsToEachInItsTime() {
    put(OLD, 900, V4);
    nowS = 1_010;
    book.remove(OLD);
    nowS = 1_020;
    put(NEW, 1_015, V4);

    assertThat(at(V4, 1_005)).isEqualTo(OLD);
    assertThat(at(V4, 1_012)).as("nobody's: the next one was not made yet").isNull();
    assertThat(at(V4, 1_017)).as("used before it was heard of").isEqualTo(NEW);
    assertThat(at(V4, 1_030)).isEqualTo(NEW);
  }

  @Test
  void theNewcomerIsBelievedWhereTheOldOneIsStillListed() {
    put(OLD, 900, V4);
    nowS = 1_010;
    put(NEW, 1_005, V4);
    nowS = 1_020;
    book.remove(OLD);

    assertThat(at(V4, 1_007)).isEqualTo(OLD);
    assertThat(at(V4, 1_015)).isEqualTo(NEW);
    assertThat(at(V4, 1_025)).isEqualTo(NEW);
  }

  @Test
  void aPodWhoseAddressChangesKeepsOnlyTheNewOne() {
    put(NEW, 990, V4, V6);
    nowS = 1_010;
    put(NEW, 990, OTHER, V6);

    assertThat(at(V4, 1_011)).isNull();
    assertThat(at(V4, 1_009)).isEqualTo(NEW);
    assertThat(at(OTHER, 1_011)).isEqualTo(NEW);
    assertThat(at(V6, 1_011)).isEqualTo(NEW);
  }

  @Test
  void whatIsNotListedAnyMoreIsGoneButOnlyOfItsKind() {
    put(OLD, 900, V4);
    put(NEW, 900, V6);
    put(SERVICE, 900, OTHER);
    nowS = 1_010;

    book.retain(Kind.POD, Set.of(NEW));

    assertThat(at(V4, 1_011)).isNull();
    assertThat(at(V6, 1_011)).isEqualTo(NEW);
    assertThat(at(OTHER, 1_011)).isEqualTo(SERVICE);
  }

  @Test
  void whoHadAnAddressIsForgottenAfterAMinute() {
    put(OLD, 900, V4);
    nowS = 1_010;
    book.remove(OLD);
    nowS = 1_069;
    put(NEW, 1_069, V6);
    assertThat(at(V4, 1_005)).isEqualTo(OLD);
    assertThat(book.size()).isEqualTo(2);

    nowS = 1_071;
    book.remove(SERVICE);

    assertThat(at(V4, 1_005)).isNull();
    assertThat(book.size()).isEqualTo(1);
  }

  @Test
  void anAddressThatChangesHandsQuicklyRemembersTheLastEight() {
    for (int i = 0; i < 100; i++) {
      EndpointName pod = new EndpointName(Kind.POD, "demo", "p" + i);
      nowS++;
      put(pod, nowS, V4);
      nowS++;
      book.remove(pod);
    }

    assertThat(at(V4, nowS - 1)).isEqualTo(new EndpointName(Kind.POD, "demo", "p99"));
    assertThat(at(V4, nowS - 15)).isEqualTo(new EndpointName(Kind.POD, "demo", "p92"));
    assertThat(at(V4, nowS - 17)).isNull();
  }

  @Test
  void whatThereIsNoRoomForIsCountedAndGetsRoomLater() {
    for (int i = 0; i < 6; i++) {
      put(new EndpointName(Kind.POD, "demo", "p" + i), 900, IpAddress.v4(i + 1));
    }

    assertThat(book.size()).isEqualTo(4);
    assertThat(book.leftOut()).isEqualTo(2);
    assertThat(at(IpAddress.v4(5), 1_001)).isNull();

    book.remove(new EndpointName(Kind.POD, "demo", "p0"));
    nowS = 1_061;
    put(new EndpointName(Kind.POD, "demo", "p4"), 900, IpAddress.v4(5));

    assertThat(at(IpAddress.v4(5), 1_062)).isEqualTo(new EndpointName(Kind.POD, "demo", "p4"));
  }

  private void put(EndpointName name, long createdS, IpAddress... addresses) {
    book.put(name, ns(createdS), List.of(addresses));
  }

  private @Nullable EndpointName at(IpAddress address, long timeS) {
    return book.at(address, ns(timeS));
  }

  private static long ns(long seconds) {
    return TimeUnit.SECONDS.toNanos(seconds);
  }
}
