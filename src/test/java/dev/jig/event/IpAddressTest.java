package dev.jig.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/// The equality that [IpAddress] and [Endpoint] write out is the one of their components.
final class IpAddressTest {
  @Property
  void addressesAreEqualIfTheirComponentsAre(
      @ForAll("addresses") IpAddress one, @ForAll("addresses") IpAddress other) {
    assertEquality(one, other, components(one).equals(components(other)));
  }

  @Property
  void endpointsAreEqualIfTheirComponentsAre(
      @ForAll("endpoints") Endpoint one, @ForAll("endpoints") Endpoint other) {
    boolean equal =
        components(one.address()).equals(components(other.address())) && one.port() == other.port();
    assertEquality(one, other, equal);
  }

  private static void assertEquality(Object one, Object other, boolean equal) {
    assertThat(one.equals(other)).isEqualTo(equal);
    assertThat(other.equals(one)).isEqualTo(equal);
    if (equal) {
      assertThat(one).hasSameHashCodeAs(other);
    }
  }

  private static List<Long> components(IpAddress address) {
    return List.of((long) address.version(), address.high(), address.low());
  }

  /// Few values, so that many pairs are equal or differ in one component.
  @Provide
  Arbitrary<IpAddress> addresses() {
    Arbitrary<Long> halves = Arbitraries.of(0L, 1L, 1L << 32, -1L);
    return Combinators.combine(Arbitraries.of(4, 6), halves, halves).as(IpAddress::new);
  }

  @Provide
  Arbitrary<Endpoint> endpoints() {
    return Combinators.combine(addresses(), Arbitraries.of(53, 5353)).as(Endpoint::new);
  }

  @Test
  void nothingElseIsEqual() {
    IpAddress address = IpAddress.v4(0x7f000001);

    assertThat(Objects.equals(address, null)).isFalse();
    assertThat(address).isNotEqualTo("127.0.0.1");
    assertThat(new Endpoint(address, 53)).isNotEqualTo(address);
    assertThat(Objects.equals(new Endpoint(address, 53), null)).isFalse();
  }

  @Test
  void hashesOfANetworkDiffer() {
    assertThat(
            IntStream.range(0, 1 << 16)
                .mapToObj(host -> IpAddress.v4(0x0a000000 + host).hashCode())
                .collect(Collectors.toSet()))
        .hasSize(1 << 16);
  }
}
