package dev.jig.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class OutcomeTest {
  private static @Nullable Outcome outcome(
      State state, int rcode, boolean isOfType, boolean truncated, @Nullable String reason) {
    return ((LookupRow)
            new SampleEvents.Builder()
                .with(it -> {
                  it.lookup = new Lookup(1, List.of(), null, null, null);
                  it.state = state;
                  it.rcode = rcode;
                  it.isOfType = isOfType;
                  it.flags = Flags.of(false, truncated, true, true, false, false);
                  it.cause = reason == null ? null : new Cause(reason, Cause.Place.PATH);
                })
                .build())
        .outcome();
  }

  @ParameterizedTest
  @CsvSource({
    "0, true, false, OK",
    "0, false, false, NODATA",
    "0, false, true, ERROR",
    "0, true, true, ERROR",
    "3, false, false, NXDOMAIN",
    "2, false, false, SERVFAIL",
    "5, false, false, REFUSED",
    "1, false, false, ERROR",
    "23, false, false, ERROR"
  })
  void ofAnAnswer(int rcode, boolean isOfType, boolean truncated, Outcome expected) {
    assertThat(outcome(State.ANSWERED, rcode, isOfType, truncated, null)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "TIMEOUT, , TIMEOUT",
    "CLOSED, , CLOSED",
    "TIMEOUT, NETFILTER_DROP, TIMEOUT",
    "CLOSED, SOCKET_RCVBUFF, CLOSED",
    "CLOSED, ECONNREFUSED, UNREACHABLE",
    "TIMEOUT, NEIGH_FAILED, UNREACHABLE",
    "CLOSED, ICMP_NET_UNREACH, UNREACHABLE",
    "TIMEOUT, DEVICE_DOWN, UNREACHABLE",
    "CLOSED, NO_PACKET_LEFT, UNREACHABLE"
  })
  void withoutAnAnswer(State state, @Nullable String reason, Outcome expected) {
    assertThat(outcome(state, 0, false, false, reason)).isEqualTo(expected);
  }

  @Test
  void anAnswerToASocketThatItsClientHasClosed() {
    Cause cause = new Cause("NO_SOCKET", Cause.Place.CLIENT);

    assertThat(cause.isUnreachable()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = State.class,
      names = {"LATE", "ORPHAN", "DUPLICATE", "CONFLICTING"})
  void aResponseBesideALookupHasNone(State state) {
    assertThat(outcome(state, 0, true, false, null)).isNull();
  }

  @Test
  void onlyAnswersOfServersAreFailures() {
    assertThat(Outcome.values())
        .filteredOn(Outcome::isFailed)
        .containsExactly(Outcome.SERVFAIL, Outcome.REFUSED, Outcome.ERROR);
    assertThat(Outcome.values())
        .filteredOn(Outcome::isUnanswered)
        .containsExactly(Outcome.TIMEOUT, Outcome.CLOSED, Outcome.UNREACHABLE);
  }
}
