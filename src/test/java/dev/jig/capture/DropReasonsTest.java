package dev.jig.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.bpf.KernelEnum;
import dev.jig.capture.Drop.Hook;
import dev.jig.event.Cause;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DropReasonsTest {
  private final DropReasons reasons = new DropReasons();

  @ParameterizedTest
  @CsvSource({
    "3, 0, ICMP_NET_UNREACH, no route",
    "3, 1, ICMP_HOST_UNREACH, host unreachable",
    "3, 3, ICMP_PORT_UNREACH, port closed",
    "3, 13, ICMP_PKT_FILTERED, dropped: ICMP_PKT_FILTERED",
    "3, 99, ICMP_UNREACH_99, dropped: ICMP_UNREACH_99",
    "11, 0, ICMP_TIME_EXCEEDED, dropped: ICMP_TIME_EXCEEDED"
  })
  void namesIcmpMessages(int type, int code, String name, String text) {
    String named = reasons.name(Hook.ICMP_SENT, type << 8 | code, false);
    assertThat(named).isEqualTo(name);
    assertThat(new Cause(named, Cause.Place.PATH).text()).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "111, ECONNREFUSED, port closed", "113, EHOSTUNREACH, host unreachable",
    "101, ENETUNREACH, no route", "100, ENETDOWN, device down",
    "4095, ERRNO_4095, dropped: ERRNO_4095"
  })
  void namesErrors(int errno, String name, String text) {
    String named = reasons.name(Hook.SOCKET_ERROR, errno, false);
    assertThat(named).isEqualTo(name);
    assertThat(new Cause(named, Cause.Place.PATH).text()).isEqualTo(text);
  }

  /// The names of the running kernel, whatever its numbers are.
  @Test
  void namesTheKernelsReasons() {
    Map<Integer, String> names = KernelEnum.namesOf("skb_drop_reason");
    assertThat(names.values())
        .contains("SKB_DROP_REASON_NETFILTER_DROP", "SKB_DROP_REASON_NO_SOCKET");
    names.forEach((number, name) -> {
      if (name.equals("SKB_DROP_REASON_NETFILTER_DROP")) {
        assertThat(reasons.name(Hook.PACKET_DROPPED, number, false)).isEqualTo("NETFILTER_DROP");
        assertThat(reasons.name(Hook.PACKET_DROPPED, number, true)).isEqualTo("NETFILTER_DROP");
      }
      if (name.equals("SKB_DROP_REASON_QDISC_DROP")) {
        assertThat(reasons.name(Hook.PACKET_DROPPED, number, false)).isEqualTo("QDISC_DROP");
        assertThat(reasons.name(Hook.PACKET_DROPPED, number, true)).isEqualTo("DEVICE_DOWN");
      }
    });
    assertThat(reasons.name(Hook.PACKET_DROPPED, 1 << 16 | 5, false)).isEqualTo("REASON_65541");
    assertThat(KernelEnum.namesOf("no_such_enum")).isEmpty();
  }
}
