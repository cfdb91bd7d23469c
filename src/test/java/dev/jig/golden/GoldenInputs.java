package dev.jig.golden;

import static dev.jig.golden.Messages.a;
import static dev.jig.golden.Messages.aaaa;
import static dev.jig.golden.Messages.cname;
import static dev.jig.golden.Messages.mx;
import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.jig.capture.Flow;
import dev.jig.capture.Links;
import dev.jig.fixture.TcpMessages;
import dev.jig.pcap.CaptureBuilder;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/// Generates the capture files in src/test/resources/golden; always the same bytes.
final class GoldenInputs {
  /// 2026-01-01T00:00:00Z plus a fraction of whole microseconds.
  private static final long START_NS = 1_767_225_600_123_456_000L;

  private static final long MS = 1_000_000L;
  private static final long SECOND = 1_000 * MS;

  private static final int NULL = 0;
  private static final int COOKED = 113;
  private static final int COOKED2 = 276;
  private static final int HOST = 0;
  private static final int OUTGOING = 4;

  private static final Flow CLIENT_FLOW = new Flow("192.0.2.10", 40_001, "198.51.100.53", 53);
  private static final Flow CLIENT_FLOW6 = new Flow("2001:db8::10", 40_006, "2001:db8::53", 53);
  private static final String NAME = "www.example.org.";
  private static final byte[] QUERY = Messages.query(0x1001, NAME, Type.A);
  private static final byte[] ANSWER =
      Messages.response(0x1001, NAME, Type.A, a(NAME, "192.0.2.80"));

  private GoldenInputs() {}

  /// The files by name.
  static SortedMap<String, byte[]> files() {
    SortedMap<String, byte[]> files = new TreeMap<>();
    messages(files);
    transactions(files);
    oddities(files);
    links(files);
    formats(files);
    return files;
  }

  private static void messages(SortedMap<String, byte[]> files) {
    files.put(
        "cname-chain.pcap",
        lookup(
            QUERY,
            Messages.response(
                0x1001,
                NAME,
                Type.A,
                cname(NAME, "web.example.net."),
                cname("web.example.net.", "edge.example.com."),
                a("edge.example.com.", "198.51.100.1"),
                a("edge.example.com.", "198.51.100.2"))));
    files.put(
        "aaaa.pcap",
        lookup(
            Messages.query(0x1002, NAME, Type.AAAA),
            Messages.response(0x1002, NAME, Type.AAAA, aaaa(NAME, "2001:db8::80"))));
    files.put(
        "mx.pcap",
        lookup(
            Messages.query(0x1003, "example.org.", Type.MX),
            Messages.response(
                0x1003,
                "example.org.",
                Type.MX,
                mx("example.org.", 10, "mail.example.org."),
                mx("example.org.", 20, "mail.example.net."))));
    files.put(
        "nxdomain.pcap",
        lookup(
            Messages.query(0x1004, "missing.example.org.", Type.A),
            Messages.nxdomain(0x1004, "missing.example.org.", Type.A)));
    files.put("twenty-addresses.pcapng", twentyAddresses());
    files.put(
        "uncompressed-names.pcap",
        lookup(
            QUERY,
            Messages.uncompressed(
                0x1001,
                NAME,
                Type.A,
                cname(NAME, "web.example.net."),
                a("web.example.net.", "198.51.100.3"),
                a("web.example.net.", "198.51.100.4"))));
    files.put("malformed.pcap", malformed());
  }

  private static byte[] twentyAddresses() {
    Record[] answers = new Record[20];
    Arrays.setAll(answers, i -> a("many.example.org.", "192.0.2." + (101 + i)));
    CaptureBuilder file = CaptureBuilder.pcapng(LITTLE_ENDIAN);
    file.interfaceDescription(CaptureBuilder.ETHERNET, CaptureBuilder.SNAPLEN);
    long ticks = START_NS / 1000;
    byte[] query = CLIENT_FLOW.udp(Messages.query(0x1005, "many.example.org.", Type.A));
    byte[] response =
        CLIENT_FLOW.reversed().udp(Messages.response(0x1005, "many.example.org.", Type.A, answers));
    file.enhanced(0, ticks, Links.ethernet(query), file.comment("asks for twenty"));
    return file.enhanced(0, ticks + 18_250, Links.ethernet(response)).bytes();
  }

  /// Malformed messages of three kinds between valid ones, all of which must be shown.
  private static byte[] malformed() {
    Record[] two = {a(NAME, "192.0.2.80"), a(NAME, "192.0.2.81")};
    return ethernet()
        .packet(at(0), Links.ethernet(CLIENT_FLOW.udp(QUERY)))
        .packet(at(1), Links.ethernet(CLIENT_FLOW.udp(Messages.pointerLoop(0x2001))))
        .packet(at(2), Links.ethernet(CLIENT_FLOW.udp(new byte[] {0x20, 2, 1, 0, 0})))
        .packet(
            at(3),
            Links.ethernet(CLIENT_FLOW.reversed().udp(Messages.cut(0x2003, NAME, Type.A, two))))
        .packet(at(4), Links.ethernet(CLIENT_FLOW.reversed().udp(ANSWER)))
        .bytes();
  }

  private static void transactions(SortedMap<String, byte[]> files) {
    byte[] query = Messages.query(0x3001, "silent.example.org.", Type.A);
    files.put(
        "pending-at-end.pcap",
        ethernet().packet(at(0), Links.ethernet(CLIENT_FLOW.udp(query))).bytes());
    files.put(
        "unanswered.pcap",
        CaptureBuilder.pcap(LITTLE_ENDIAN, COOKED2)
            .packet(at(0), Links.cooked2(OUTGOING, CLIENT_FLOW.udp(query)))
            .packet(at(11_000), Links.cooked2(OUTGOING, CLIENT_FLOW.udp(QUERY)))
            .packet(at(11_020), Links.cooked2(HOST, CLIENT_FLOW.reversed().udp(ANSWER)))
            .bytes());
    files.put(
        "late-answer.pcap",
        CaptureBuilder.pcap(LITTLE_ENDIAN, COOKED2)
            .packet(at(0), Links.cooked2(OUTGOING, CLIENT_FLOW.udp(QUERY)))
            .packet(at(12_000), Links.cooked2(HOST, CLIENT_FLOW.reversed().udp(ANSWER)))
            .bytes());
    files.put(
        "orphan-response.pcap",
        ethernet().packet(at(0), Links.ethernet(CLIENT_FLOW.reversed().udp(ANSWER))).bytes());
    files.put(
        "retransmitted.pcap",
        ethernet()
            .packet(at(0), Links.ethernet(CLIENT_FLOW.udp(QUERY)))
            .packet(at(5_000), Links.ethernet(CLIENT_FLOW.udp(QUERY)))
            .packet(at(5_020), Links.ethernet(CLIENT_FLOW.reversed().udp(ANSWER)))
            .bytes());
    files.put("two-clients-one-id.pcap", twoClients());
    files.put("tcp.pcap", tcp(TcpMessages.framed(QUERY), TcpMessages.framed(ANSWER)));
    files.put(
        "tcp-two-messages-a-segment.pcap",
        tcp(
            TcpMessages.framed(QUERY, Messages.query(0x1002, NAME, Type.AAAA)),
            TcpMessages.framed(
                Messages.response(0x1002, NAME, Type.AAAA, aaaa(NAME, "2001:db8::80")), ANSWER)));
  }

  /// Two clients with equal id and name, responseStream in reverse order.
  private static byte[] twoClients() {
    Flow other = new Flow("192.0.2.11", 40_001, "198.51.100.53", 53);
    byte[] otherAnswer = Messages.response(0x1001, NAME, Type.A, a(NAME, "192.0.2.81"));
    return ethernet()
        .packet(at(0), Links.ethernet(CLIENT_FLOW.udp(QUERY)))
        .packet(at(1), Links.ethernet(other.udp(QUERY)))
        .packet(at(10), Links.ethernet(other.reversed().udp(otherAnswer)))
        .packet(at(30), Links.ethernet(CLIENT_FLOW.reversed().udp(ANSWER)))
        .bytes();
  }

  private static void oddities(SortedMap<String, byte[]> files) {
    files.put("hostile-names.pcap", hostileNames());
    files.put("multicast.pcap", multicast());
    files.put("three-nameservers.pcap", threeNameservers());
    files.put("other-ports.pcap", otherPorts());
    files.put(
        "without-question.pcap",
        lookup(QUERY, new byte[] {0x10, 1, (byte) 0x80, 1, 0, 0, 0, 0, 0, 0, 0, 0}));
    files.put(
        "types-and-codes.pcap",
        lookup(Messages.query(0x100f, ".", 65_280), Messages.refused(0x100f, ".", 65_280, 23)));
  }

  /// Names with terminal controls and format characters, and one of 255 bytes.
  private static byte[] hostileNames() {
    String longest = "a".repeat(63) + "." + "b".repeat(63) + "." + "c".repeat(63) + ".";
    String[] names = {
      "\\027[31mred\\007.example.org.",
      "two\\010lines.example.org.",
      "100%n%s.example.org.",
      "b\\195\\188cher.example.org.",
      "dot\\.in\\\\label.example.org.",
      longest + "d".repeat(49) + ".example.org."
    };
    CaptureBuilder file = ethernet();
    for (int i = 0; i < names.length; i++) {
      byte[] query = Messages.query(0x4000 + i, names[i], Type.A);
      file.packet(at(i), Links.ethernet(CLIENT_FLOW.udp(query)));
    }
    return file.bytes();
  }

  /// Multicast DNS and LLMNR queries, which may stay unanswered; a later query advances the clock.
  private static byte[] multicast() {
    byte[] printer = Messages.query(0, "printer.example.test.", Type.A);
    Flow mdns = new Flow("192.0.2.10", 5353, "224.0.0.251", 5353);
    Flow llmnr = new Flow("192.0.2.10", 40_002, "224.0.0.252", 5355);
    return ethernet()
        .packet(at(0), Links.ethernet(mdns.udp(printer)))
        .packet(at(1), Links.ethernet(llmnr.udp(Messages.query(9, "host.", Type.A))))
        .packet(at(30_000), Links.ethernet(CLIENT_FLOW.udp(QUERY)))
        .packet(at(30_020), Links.ethernet(CLIENT_FLOW.reversed().udp(ANSWER)))
        .bytes();
  }

  /// Like musl: one socket, id and question to three servers; the third does not answer.
  private static byte[] threeNameservers() {
    CaptureBuilder file = CaptureBuilder.pcap(LITTLE_ENDIAN, COOKED2);
    for (int i = 1; i <= 3; i++) {
      Flow flow = new Flow("192.0.2.10", 40_001, "198.51.100." + i, 53);
      file.packet(at(i), Links.cooked2(OUTGOING, flow.udp(QUERY)));
    }
    for (int i = 2; i >= 1; i--) {
      Flow flow = new Flow("198.51.100." + i, 53, "192.0.2.10", 40_001);
      file.packet(at(40 - i * 10), Links.cooked2(HOST, flow.udp(ANSWER)));
    }
    byte[] later = CLIENT_FLOW.udp(Messages.query(0x1002, NAME, Type.AAAA));
    return file.packet(at(15_000), Links.cooked2(OUTGOING, later)).bytes();
  }

  /// DNS on another port, and other data on that port.
  private static byte[] otherPorts() {
    Flow flow = new Flow("192.0.2.10", 40_001, "198.51.100.53", 5_300);
    return ethernet()
        .packet(at(0), Links.ethernet(flow.udp(QUERY)))
        .packet(at(1), Links.ethernet(flow.udp("no DNS, but long enough".getBytes(US_ASCII))))
        .packet(at(20), Links.ethernet(flow.reversed().udp(ANSWER)))
        .packet(at(30), Links.ethernet(CLIENT_FLOW.udp(QUERY)))
        .bytes();
  }

  private static byte[] tcp(byte[] queryStream, byte[] responseStream) {
    byte[] none = {};
    long client = 1001L + queryStream.length;
    long server = 5001L + responseStream.length;
    Flow back = CLIENT_FLOW.reversed();
    return ethernet()
        .packet(at(0), Links.ethernet(CLIENT_FLOW.tcp(Flow.SYN, 1000, 0, none)))
        .packet(at(1), Links.ethernet(back.tcp(Flow.SYN | Flow.ACK, 5000, 1001, none)))
        .packet(at(2), Links.ethernet(CLIENT_FLOW.tcp(Flow.ACK, 1001, 5001, none)))
        .packet(
            at(3), Links.ethernet(CLIENT_FLOW.tcp(Flow.PSH | Flow.ACK, 1001, 5001, queryStream)))
        .packet(at(4), Links.ethernet(back.tcp(Flow.ACK, 5001, client, none)))
        .packet(at(9), Links.ethernet(back.tcp(Flow.PSH | Flow.ACK, 5001, client, responseStream)))
        .packet(at(10), Links.ethernet(CLIENT_FLOW.tcp(Flow.FIN | Flow.ACK, client, server, none)))
        .packet(at(11), Links.ethernet(back.tcp(Flow.FIN | Flow.ACK, server, client + 1, none)))
        .packet(at(12), Links.ethernet(CLIENT_FLOW.tcp(Flow.ACK, client + 1, server + 1, none)))
        .bytes();
  }

  private static void links(SortedMap<String, byte[]> files) {
    files.put(
        "cooked-v1.pcap",
        both(COOKED, ip -> Links.cooked(OUTGOING, ip), ip -> Links.cooked(HOST, ip), CLIENT_FLOW));
    files.put(
        "cooked-v2.pcap",
        both(
            COOKED2,
            ip -> Links.cooked2(OUTGOING, ip),
            ip -> Links.cooked2(HOST, ip),
            CLIENT_FLOW6));
    files.put("raw-ip.pcap", same(CaptureBuilder.RAW, UnaryOperator.identity(), CLIENT_FLOW6));
    files.put(
        "vlan.pcap",
        same(CaptureBuilder.ETHERNET, ip -> Links.ethernet(ip, 0x88a8, 0x8100), CLIENT_FLOW));
    files.put("null.pcap", same(NULL, ip -> Links.loopback(LITTLE_ENDIAN, 30, ip), CLIENT_FLOW6));
    files.put(
        "null-other-byte-order.pcap",
        same(NULL, ip -> Links.loopback(BIG_ENDIAN, 2, ip), CLIENT_FLOW));
  }

  private static void formats(SortedMap<String, byte[]> files) {
    files.put("big-endian.pcap", simplePcap(BIG_ENDIAN));
    files.put(
        "nanoseconds.pcap",
        CaptureBuilder.pcapNanoseconds(LITTLE_ENDIAN, CaptureBuilder.ETHERNET)
            .packet(START_NS + 789, Links.ethernet(CLIENT_FLOW.udp(QUERY)))
            .packet(START_NS + 789 + 18_250_001, Links.ethernet(CLIENT_FLOW.reversed().udp(ANSWER)))
            .bytes());
    CaptureBuilder sections = CaptureBuilder.pcapng(BIG_ENDIAN);
    sections.interfaceDescription(CaptureBuilder.RAW, 0, sections.resolution(9));
    sections.enhanced(
        0, START_NS + 789, CLIENT_FLOW.udp(QUERY), sections.comment("big-endian, ns"));
    files.put(
        "big-endian-nanoseconds.pcapng",
        sections
            .enhanced(0, START_NS + 789 + 18_250_001, CLIENT_FLOW.reversed().udp(ANSWER))
            .bytes());
    sections.section(LITTLE_ENDIAN).interfaceDescription(COOKED, 0);
    byte[] second = CLIENT_FLOW6.udp(Messages.query(0x1002, NAME, Type.AAAA));
    sections.obsolete(0, (START_NS + SECOND) / 1000, Links.cooked(OUTGOING, second));
    files.put("two-sections.pcapng", sections.bytes());
    byte[] whole = simplePcap(LITTLE_ENDIAN);
    files.put("truncated-file.pcap", Arrays.copyOf(whole, whole.length - 30));
  }

  private static byte[] simplePcap(ByteOrder order) {
    return CaptureBuilder.pcap(order, CaptureBuilder.ETHERNET)
        .packet(at(0), Links.ethernet(CLIENT_FLOW.udp(QUERY)))
        .packet(at(20), Links.ethernet(CLIENT_FLOW.reversed().udp(ANSWER)))
        .bytes();
  }

  private static byte[] lookup(byte[] query, byte[] response) {
    return ethernet()
        .packet(at(0), Links.ethernet(CLIENT_FLOW.udp(query)))
        .packet(START_NS + 18_250_000, Links.ethernet(CLIENT_FLOW.reversed().udp(response)))
        .bytes();
  }

  private static byte[] same(int linkType, UnaryOperator<byte[]> link, Flow flow) {
    return both(linkType, link, link, flow);
  }

  private static byte[] both(
      int linkType, UnaryOperator<byte[]> outgoing, UnaryOperator<byte[]> incoming, Flow flow) {
    return CaptureBuilder.pcap(LITTLE_ENDIAN, linkType)
        .packet(at(0), outgoing.apply(flow.udp(QUERY)))
        .packet(at(20), incoming.apply(flow.reversed().udp(ANSWER)))
        .bytes();
  }

  private static CaptureBuilder ethernet() {
    return CaptureBuilder.pcap(LITTLE_ENDIAN, CaptureBuilder.ETHERNET);
  }

  private static long at(long ms) {
    return START_NS + ms * MS;
  }
}
