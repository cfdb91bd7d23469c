package dev.jig.match;

import static dev.jig.capture.Packets.queryOut;
import static dev.jig.capture.Packets.responseIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.capture.Packet;
import dev.jig.capture.Packets;
import dev.jig.dns.DnsMessage;
import dev.jig.event.PacketType;
import dev.jig.golden.Messages;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Type;

/// Which packets of a cooked capture are copies of others.
final class PacketCopiesTest {
  private static final int VETH = 7;
  private static final int BRIDGE = 3;
  private static final int UPLINK = 2;
  private static final String POD = "10.244.1.5";
  private static final String NODE = "192.168.1.10";
  private static final String SERVICE = "10.96.0.10";
  private static final String BACKEND = "10.244.2.9";
  private static final byte[] QUERY = Messages.query(7, "www.example.org.", Type.A);
  private static final byte[] ANSWER = Messages.response(7, "www.example.org.", Type.A);

  private final PendingQueries pending = new PendingQueries(100, 128, false, PendingListeners.NONE);
  private final PacketCopies copies = new PacketCopies(pending);
  private final DnsMessage message = new DnsMessage();

  private boolean isCopy(Packets packets) {
    Packet packet = packets.build();
    message.wrap(packet.payload(), packet.payloadOffset(), packet.payloadLength());
    return copies.isCopy(
        packet, message, packet.payload(), packet.payloadOffset(), packet.payloadLength());
  }

  private static Packets query(int at, PacketType type) {
    return queryOut(QUERY).from(POD, 40_000).to(SERVICE, 53).captured(at, type, 4711);
  }

  private static Packets answer(int at, PacketType type) {
    return responseIn(ANSWER).from(SERVICE, 53).to(POD, 40_000).captured(at, type, 4712);
  }

  @Test
  void theSamePacketAtTheNextInterface() {
    assertThat(isCopy(query(VETH, PacketType.HOST).atMs(0))).isFalse();
    assertThat(isCopy(query(BRIDGE, PacketType.HOST).atMs(1))).isTrue();
    assertThat(isCopy(query(UPLINK, PacketType.OUTGOING).atMs(2))).isTrue();
  }

  @Test
  void aRepetitionArrivesAtTheSameInterface() {
    assertThat(isCopy(query(VETH, PacketType.HOST).atMs(0))).isFalse();
    assertThat(isCopy(query(VETH, PacketType.HOST).atMs(20))).isFalse();
    assertThat(isCopy(query(BRIDGE, PacketType.HOST).atMs(21))).isTrue();
  }

  @Test
  void aRepetitionComesLater() {
    assertThat(isCopy(query(VETH, PacketType.HOST).atMs(0))).isFalse();
    assertThat(isCopy(query(BRIDGE, PacketType.HOST).atMs(1_000))).isFalse();
  }

  @Test
  void anotherPacketOfTheSameMessageIsNoCopy() {
    assertThat(isCopy(query(VETH, PacketType.HOST))).isFalse();
    assertThat(isCopy(query(BRIDGE, PacketType.HOST).captured(BRIDGE, PacketType.HOST, 1)))
        .isFalse();
  }

  @Test
  void anotherClientIsNoCopy() {
    assertThat(isCopy(query(VETH, PacketType.HOST))).isFalse();
    assertThat(isCopy(query(8, PacketType.HOST).from("10.244.1.6", 40_000))).isFalse();
  }

  @Test
  void natMayChangeBothEnds() {
    assertThat(isCopy(query(VETH, PacketType.HOST).atMs(0))).isFalse();
    assertThat(isCopy(natted().atMs(0))).isTrue();
    assertThat(isCopy(nattedAnswer().atMs(5))).isTrue();
    assertThat(isCopy(answer(VETH, PacketType.OUTGOING).atMs(5))).isFalse();
  }

  private static Packets natted() {
    return query(UPLINK, PacketType.OUTGOING).from(NODE, 61_000).to(BACKEND, 53);
  }

  private static Packets nattedAnswer() {
    return answer(UPLINK, PacketType.HOST).from(BACKEND, 53).to(NODE, 61_000);
  }

  @Test
  void anAnswerSeenBeforeNatWasUndoneMayHaveReachedTheClient() {
    Packet first = query(VETH, PacketType.HOST).atMs(0).build();
    isCopy(query(VETH, PacketType.HOST).atMs(0));
    PendingQuery waiting =
        pending.addQuery(
            QueryKey.of(first, 7, false),
            message,
            new Rows().query(first, message, null, null, null),
            0,
            first.bootNs());
    isCopy(natted().atMs(0));

    assertThat(waiting.answerLost).isFalse();
    isCopy(nattedAnswer().atMs(5));
    assertThat(waiting.answerLost).isTrue();
  }

  @Test
  void anAddressOfNatThatIsUsedAgainIsAClientOfItsOwn() {
    isCopy(query(VETH, PacketType.HOST).atMs(0));
    isCopy(natted().atMs(0));
    Packets own = natted().captured(UPLINK, PacketType.OUTGOING, 9);

    assertThat(isCopy(own.atMs(60_000))).isFalse();
    assertThat(isCopy(nattedAnswer().atMs(60_005))).isFalse();
  }

  @Test
  void withoutAnInterfaceOnlyWhatFollowsAtOnceIsACopy() {
    assertThat(isCopy(query(0, PacketType.HOST).atMs(0))).isFalse();
    assertThat(isCopy(query(0, PacketType.HOST).atMs(0))).isTrue();
    assertThat(isCopy(query(0, PacketType.HOST).atMs(5))).isFalse();
    assertThat(isCopy(query(0, PacketType.OUTGOING).atMs(6))).isTrue();
  }
}
