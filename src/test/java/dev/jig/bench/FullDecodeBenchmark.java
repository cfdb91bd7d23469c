package dev.jig.bench;

import dev.jig.dns.DecodedMessage;
import dev.jig.dns.Dialect;
import dev.jig.dns.MessageDecoder;
import dev.jig.dns.ResourceRecord;
import java.io.IOException;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/// Time and allocated bytes per message of the decoder and of dnsjava for every record's owner and
/// data as text, on four real responses.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FullDecodeBenchmark {
  private static final int MESSAGES = 4;
  private static final String KEY = "ab".repeat(64);

  private final MessageDecoder decoder = new MessageDecoder();
  private byte[][] wires = {};

  @Setup
  public void build() throws IOException {
    wires = new byte[][] {addresses(), service(), signed(), nameError()};
    if (wires.length != MESSAGES) {
      throw new IllegalStateException(wires.length + " messages, " + MESSAGES + " counted");
    }
  }

  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void jig(Blackhole hole) {
    for (byte[] wire : wires) {
      DecodedMessage message = decoder.decode(wire, 0, wire.length, Dialect.DNS);
      for (ResourceRecord answer : message.answers()) {
        hole.consume(answer.data());
      }
      hole.consume(message);
    }
  }

  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void dnsjava(Blackhole hole) throws IOException {
    for (byte[] wire : wires) {
      Message message = new Message(wire);
      for (int section = Section.QUESTION; section <= Section.ADDITIONAL; section++) {
        for (Record resource : message.getSection(section)) {
          hole.consume(resource.getName().toString());
          hole.consume(resource.rdataToString());
        }
      }
    }
  }

  private static byte[] addresses() throws IOException {
    return response(
        Type.A,
        record("www.example.org.", "CNAME", "www.example.org.cdn.example.net."),
        record("www.example.org.cdn.example.net.", "CNAME", "edge-7.cdn.example.net."),
        record("edge-7.cdn.example.net.", "A", "192.0.2.7"),
        record("edge-7.cdn.example.net.", "A", "192.0.2.8"));
  }

  private static byte[] service() throws IOException {
    return response(
        Type.HTTPS,
        record(
            "www.example.org.",
            "HTTPS",
            "1 . alpn=h3,h2 ipv4hint=192.0.2.7,192.0.2.8 ipv6hint=2001:db8::7,2001:db8::8"));
  }

  private static byte[] signed() throws IOException {
    byte[] key = HexFormat.of().parseHex("0100030d" + KEY);
    Name zone = Name.fromConstantString("example.org.");
    return response(
        Type.TXT,
        record("www.example.org.", "TXT", "\"v=spf1 include:mail.example.net -all\" \"more text\""),
        record(
            "www.example.org.",
            "RRSIG",
            "TXT 13 3 300 20260201000000 20260101000000 4711 example.org. " + "q".repeat(84)),
        Record.newRecord(zone, Type.DNSKEY, DClass.IN, 300, key));
  }

  private static byte[] nameError() throws IOException {
    Message message = message(Type.A);
    message.addRecord(
        record("example.org.", "SOA", "ns.example.org. admin.example.org. 1 7200 1800 86400 30"),
        Section.AUTHORITY);
    message.addRecord(
        record(
            "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example.org.",
            "NSEC3",
            "1 1 0 - 2t7b4g4vsa5smi47k61mv5bv1a22bojr A NS SOA MX TXT AAAA RRSIG"),
        Section.AUTHORITY);
    return message.toWire();
  }

  private static byte[] response(int type, Record... answers) {
    Message message = message(type);
    for (Record answer : answers) {
      message.addRecord(answer, Section.ANSWER);
    }
    return message.toWire();
  }

  private static Message message(int type) {
    Message message = new Message(0x3c1f);
    message.getHeader().setFlag(Flags.QR);
    Name asked = Name.fromConstantString("www.example.org.");
    message.addRecord(Record.newRecord(asked, type, DClass.IN), Section.QUESTION);
    message.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);
    return message;
  }

  private static Record record(String owner, String type, String data) throws IOException {
    Name name = Name.fromConstantString(owner);
    return Record.fromString(name, Type.value(type), DClass.IN, 300, data, Name.root);
  }
}
