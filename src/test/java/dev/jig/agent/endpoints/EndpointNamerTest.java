package dev.jig.agent.endpoints;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.event.Container;
import dev.jig.event.Endpoint;
import dev.jig.event.EndpointName;
import dev.jig.event.EndpointName.Kind;
import dev.jig.event.EndpointNames;
import dev.jig.event.IpAddress;
import dev.jig.event.PacketType;
import dev.jig.event.Row;
import dev.jig.event.SampleEvents;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class EndpointNamerTest {
  private static final IpAddress POD_IP = IpAddress.v4(0xc0000202);
  private static final IpAddress DNS_POD_IP = IpAddress.v4(0xc0000203);
  private static final IpAddress DNS_IP = IpAddress.v4(0xc6336404);
  private static final IpAddress DNS_IP6 = IpAddress.v6(0x20010db800000000L, 0xa);
  private static final IpAddress POD_IP6 = IpAddress.v6(0x20010db800000000L, 0x68);
  private static final IpAddress NODE_IP = IpAddress.v4(0xcb007101);
  private static final IpAddress LOOPBACK = IpAddress.v4(0x7f000001);

  private static final EndpointName CLIENT = new EndpointName(Kind.POD, "demo", "client");
  private static final EndpointName DNS_POD = new EndpointName(Kind.POD, "kube-system", "dns-1");
  private static final EndpointName DNS = new EndpointName(Kind.SERVICE, "kube-system", "kube-dns");
  private static final EndpointName ON_NODE = new EndpointName(Kind.POD, "demo", "on-node");

  private final EndpointTable book = new EndpointTable(() -> 0, 100);
  private final EndpointNamer naming = new EndpointNamer(book);

  EndpointNamerTest() {
    book.put(CLIENT, 0, List.of(POD_IP, POD_IP6));
    book.put(DNS_POD, 0, List.of(DNS_POD_IP));
    book.put(DNS, 0, List.of(DNS_IP, DNS_IP6));
  }

  @Test
  void aClientsQueryNamesPodAndService() {
    assertThat(names(sent(pod("demo", "client", false), POD_IP, DNS_IP)))
        .isEqualTo(new EndpointNames(CLIENT, DNS, DNS));
  }

  @Test
  void namesIpv6Addresses() {
    assertThat(names(sent(pod("demo", "client", false), POD_IP6, DNS_IP6)))
        .isEqualTo(new EndpointNames(CLIENT, DNS, DNS));
  }

  @Test
  void theServersRowsNameTheClient() {
    Row arrived =
        SampleEvents.query()
            .with(e -> {
              e.container = pod("kube-system", "dns-1", false);
              e.packetType = PacketType.HOST;
              e.source = new Endpoint(POD_IP, 43210);
              e.destination = new Endpoint(DNS_POD_IP, 53);
              e.nameserver = DNS_POD_IP;
            })
            .build();

    assertThat(names(arrived)).isEqualTo(new EndpointNames(CLIENT, DNS_POD, DNS_POD));
  }

  @Test
  void aPodsOwnRowsNameItBeforeItsAddressIsKnown() {
    IpAddress unknown = IpAddress.v4(0xc0000299);

    assertThat(names(sent(pod("demo", "new", false), unknown, DNS_IP)))
        .isEqualTo(new EndpointNames(new EndpointName(Kind.POD, "demo", "new"), DNS, DNS));
  }

  @Test
  void theNameserverIsTheServiceWhenNatSentThePacketToItsPod() {
    Row translated =
        sent(pod("demo", "on-node", true), NODE_IP, DNS_POD_IP, event -> event.nameserver = DNS_IP);

    assertThat(names(translated)).isEqualTo(new EndpointNames(ON_NODE, DNS_POD, DNS));
  }

  @Test
  void aNodesAddressIsNamedOnlyInThePodsOwnRows() {
    assertThat(names(sent(pod("demo", "on-node", true), NODE_IP, DNS_IP)))
        .isEqualTo(new EndpointNames(ON_NODE, DNS, DNS));
    assertThat(names(sent(null, NODE_IP, DNS_IP))).isEqualTo(new EndpointNames(null, DNS, DNS));
    assertThat(names(sent(pod("demo", "client", false), POD_IP, NODE_IP)))
        .isEqualTo(new EndpointNames(CLIENT, null, null));
  }

  @Test
  void loopbackHasNoName() {
    assertThat(names(sent(pod("demo", "client", false), LOOPBACK, LOOPBACK))).isNull();
  }

  @Test
  void anEventWithoutNamesStaysTheSame() {
    Row event = sent(null, NODE_IP, IpAddress.v4(0xcb007199));

    assertThat(naming.apply(event)).isSameAs(event);
  }

  private @Nullable EndpointNames names(Row event) {
    return naming.apply(event).flow().names();
  }

  private static Row sent(@Nullable Container container, IpAddress from, IpAddress to) {
    return sent(container, from, to, event -> event.nameserver = to);
  }

  private static Row sent(
      @Nullable Container container,
      IpAddress from,
      IpAddress to,
      Consumer<SampleEvents.Builder> change) {
    return SampleEvents.query()
        .with(e -> {
          e.container = container;
          e.source = new Endpoint(from, 43210);
          e.destination = new Endpoint(to, 53);
        })
        .with(change)
        .build();
  }

  private static Container pod(String namespace, String name, boolean hostNetwork) {
    return new Container(
        "containerd",
        "b176",
        "main",
        null,
        null,
        Map.of(),
        new Container.Pod(namespace, name, "u", Map.of(), "main", hostNetwork));
  }
}
