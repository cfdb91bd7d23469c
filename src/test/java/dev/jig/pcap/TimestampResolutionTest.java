package dev.jig.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class TimestampResolutionTest {
  private static final BigInteger NS_PER_SECOND = BigInteger.valueOf(1_000_000_000);

  @Property
  void isTheTicksTimesTheUnitWhateverTheUnit(
      @ForAll long ticks,
      @ForAll @IntRange(max = 255) int value,
      @ForAll @LongRange(min = -10_000_000_000L, max = 10_000_000_000L) long offsetSeconds) {
    BigInteger base = BigInteger.valueOf(value < 0x80 ? 10 : 2);
    BigInteger unit = base.pow(value & 0x7f);
    BigInteger unsigned = new BigInteger(Long.toUnsignedString(ticks));
    BigInteger ns =
        unsigned
            .multiply(NS_PER_SECOND)
            .divide(unit)
            .add(BigInteger.valueOf(offsetSeconds).multiply(NS_PER_SECOND));

    long actual = new TimestampResolution(value).toNs(ticks, offsetSeconds);

    if (ns.abs().shiftRight(62).signum() == 0) {
      assertThat(BigInteger.valueOf(actual)).isEqualTo(ns);
    } else if (ns.bitLength() > 63) {
      assertThat(actual).isEqualTo(ns.signum() > 0 ? Long.MAX_VALUE : Long.MIN_VALUE);
    } else {
      assertThat(Long.signum(actual)).isEqualTo(ns.signum());
    }
  }

  @Test
  void neverOverflowsAtTheEdges() {
    for (int value = 0; value <= 0xff; value++) {
      TimestampResolution resolution = new TimestampResolution(value);
      assertThat(resolution.toNs(-1, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
      assertThat(resolution.toNs(0, Long.MIN_VALUE)).isEqualTo(Long.MIN_VALUE);
    }
  }
}
