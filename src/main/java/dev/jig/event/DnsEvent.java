package dev.jig.event;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// One row: a DNS message on one side of one hop, or a query that stayed without answer (T).
///
/// @param timestampNs nanoseconds since the epoch
/// @param container null for processes outside containers
/// @param owner null where [#attribution] is UNKNOWN
/// @param nameserver the address the application asked, before any NAT; the source of a response
/// @param packetType null where a capture file does not tell
/// @param id the message's id, 16 bits
/// @param question null if the message has none
/// @param flags null on T rows
/// @param rcode extended by EDNS (RFC 6891 section 6.1.3); null on queries
/// @param latencyNs null where unknown
/// @param answerCount ANCOUNT, records of all kinds
/// @param addresses A and AAAA data of the answer section, in their order
/// @param state null on queries
/// @param node the Kubernetes node that saw it, null on one machine
/// @param peer who sent it, or asked, where that is on this machine too and was looked for
/// @param message its bytes, where the output tells all they say; null on T rows
/// @param endpoints whose the addresses are, where agents resolve that
/// @param lookup what a row for a whole lookup says more; null on rows of packets
public record DnsEvent(
    long timestampNs,
    @Nullable Container container,
    @Nullable Owner owner,
    Attribution attribution,
    Endpoint source,
    Endpoint destination,
    Protocol protocol,
    @Nullable PacketType packetType,
    @Nullable IpAddress nameserver,
    Qr qr,
    int id,
    @Nullable Question question,
    @Nullable Flags flags,
    @Nullable Integer rcode,
    @Nullable Long latencyNs,
    int answerCount,
    List<IpAddress> addresses,
    @Nullable State state,
    @Nullable String node,
    @Nullable Peer peer,
    @Nullable WireMessage message,
    @Nullable EndpointNames endpoints,
    @Nullable Lookup lookup) {

  private static final Endpoint NOWHERE = new Endpoint(IpAddress.v4(0), 0);

  /// An address with its port.
  public record Endpoint(IpAddress address, int port) {}

  /// What was asked.
  ///
  /// @param name presentation form with trailing dot, already escaped (RFC 4343): printable ASCII
  ///   only
  /// @param type the QTYPE's number
  public record Question(String name, int type) {}

  /// The header's bits: RFC 1035 section 4.1.1, AD and CD from RFC 4035 section 3.
  public record Flags(boolean aa, boolean tc, boolean rd, boolean ra, boolean ad, boolean cd) {

    /// The names of the bits that are set, in the header's order.
    public List<String> names() {
      return SETS.get(
          (aa ? 1 : 0)
              | (tc ? 2 : 0)
              | (rd ? 4 : 0)
              | (ra ? 8 : 0)
              | (ad ? 16 : 0)
              | (cd ? 32 : 0));
    }

    private static final List<String> NAMES = List.of("aa", "tc", "rd", "ra", "ad", "cd");
    private static final List<List<String>> SETS =
        IntStream.range(0, 64).mapToObj(Flags::namesOf).toList();

    private static List<String> namesOf(int bits) {
      return IntStream.range(0, 6)
          .filter(bit -> (bits >> bit & 1) != 0)
          .mapToObj(NAMES::get)
          .toList();
    }
  }

  public DnsEvent {
    addresses = List.copyOf(addresses);
  }

  /// The same event, of that container.
  public DnsEvent withContainer(@Nullable Container whose) {
    return with(whose, message, endpoints, lookup);
  }

  /// The same event with its message.
  public DnsEvent with(WireMessage bytes) {
    return with(container, bytes, endpoints, lookup);
  }

  /// The same event with the names of its addresses.
  public DnsEvent with(EndpointNames names) {
    return with(container, message, names, lookup);
  }

  /// The same event as the row of a whole lookup.
  public DnsEvent with(Lookup whole) {
    return with(container, message, endpoints, whole);
  }

  private DnsEvent with(
      @Nullable Container whose,
      @Nullable WireMessage bytes,
      @Nullable EndpointNames names,
      @Nullable Lookup whole) {
    return new DnsEvent(
        timestampNs,
        whose,
        owner,
        attribution,
        source,
        destination,
        protocol,
        packetType,
        nameserver,
        qr,
        id,
        question,
        flags,
        rcode,
        latencyNs,
        answerCount,
        addresses,
        state,
        node,
        peer,
        bytes,
        names,
        whole);
  }

  /// Tells of nothing but whose it is: for showing a container or a process with the catalogue's
  /// words where there is no message.
  public static DnsEvent ofSubject(
      @Nullable Container container, @Nullable Owner owner, Attribution attribution) {
    return new DnsEvent(
        0,
        container,
        owner,
        attribution,
        NOWHERE,
        NOWHERE,
        Protocol.UDP,
        null,
        null,
        Qr.Q,
        0,
        null,
        null,
        null,
        null,
        0,
        List.of(),
        null);
  }

  /// An event of which only what every row shows is read.
  public DnsEvent(
      long timestampNs,
      @Nullable Container container,
      @Nullable Owner owner,
      Attribution attribution,
      Endpoint source,
      Endpoint destination,
      Protocol protocol,
      @Nullable PacketType packetType,
      @Nullable IpAddress nameserver,
      Qr qr,
      int id,
      @Nullable Question question,
      @Nullable Flags flags,
      @Nullable Integer rcode,
      @Nullable Long latencyNs,
      int answerCount,
      List<IpAddress> addresses,
      @Nullable State state,
      @Nullable String node,
      @Nullable Peer peer) {
    this(
        timestampNs,
        container,
        owner,
        attribution,
        source,
        destination,
        protocol,
        packetType,
        nameserver,
        qr,
        id,
        question,
        flags,
        rcode,
        latencyNs,
        answerCount,
        addresses,
        state,
        node,
        peer,
        null,
        null,
        null);
  }

  /// An event of this machine, which as a node has no name, without peer.
  public DnsEvent(
      long timestampNs,
      @Nullable Container container,
      @Nullable Owner owner,
      Attribution attribution,
      Endpoint source,
      Endpoint destination,
      Protocol protocol,
      @Nullable PacketType packetType,
      @Nullable IpAddress nameserver,
      Qr qr,
      int id,
      @Nullable Question question,
      @Nullable Flags flags,
      @Nullable Integer rcode,
      @Nullable Long latencyNs,
      int answerCount,
      List<IpAddress> addresses,
      @Nullable State state) {
    this(
        timestampNs,
        container,
        owner,
        attribution,
        source,
        destination,
        protocol,
        packetType,
        nameserver,
        qr,
        id,
        question,
        flags,
        rcode,
        latencyNs,
        answerCount,
        addresses,
        state,
        null,
        null);
  }
}
