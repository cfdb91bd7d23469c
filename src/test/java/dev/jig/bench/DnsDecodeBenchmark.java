package dev.jig.bench;

import dev.jig.dns.DnsMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
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
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/// Time and allocated bytes per message of the decoder and of dnsjava, on five real messages.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DnsDecodeBenchmark {
  private static final int MESSAGES = 5;

  private final DnsMessage message = new DnsMessage();
  private byte[][] wires = {};

  @Setup
  public void build() throws IOException {
    wires =
        new byte[][] {
          query(), address(), cnameChain(), mailExchangers(), nameError(),
        };
    if (wires.length != MESSAGES) {
      throw new IllegalStateException(wires.length + " messages, " + MESSAGES + " counted");
    }
  }

  /// Reads the fields that the pipeline needs of every message.
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void jig(Blackhole hole) {
    for (byte[] wire : wires) {
      decode(wire, hole);
    }
  }

  /// Reads the same fields and the name as text.
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void jigWithName(Blackhole hole) {
    for (byte[] wire : wires) {
      decode(wire, hole);
      hole.consume(message.questionName());
    }
  }

  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void dnsjava(Blackhole hole) throws IOException {
    for (byte[] wire : wires) {
      hole.consume(new Message(wire));
    }
  }

  /// Time and allocated bytes per message of one decoder.
  record Score(String label, double ns, double bytes) {}

  /// Runs all decoders of a benchmark, each in a separate JVM.
  static List<Score> run(Class<?> benchmark) throws RunnerException {
    Options options =
        new OptionsBuilder()
            .include(benchmark.getSimpleName())
            .addProfiler(GCProfiler.class)
            .verbosity(VerboseMode.SILENT)
            .shouldFailOnError(true)
            .build();
    return new Runner(options).run().stream().map(DnsDecodeBenchmark::score).toList();
  }

  private static Score score(RunResult result) {
    return new Score(
        result.getPrimaryResult().getLabel(),
        result.getPrimaryResult().getScore(),
        Objects.requireNonNull(result.getSecondaryResults().get("gc.alloc.rate.norm")).getScore());
  }

  private void decode(byte[] wire, Blackhole hole) {
    hole.consume(message.wrap(wire, 0, wire.length));
    hole.consume(message.id());
    hole.consume(message.isResponse());
    hole.consume(message.rcode());
    hole.consume(message.questionType());
    hole.consume(message.questionHash());
    hole.consume(message.answerCount());
    for (int i = 0; i < message.addressCount(); i++) {
      hole.consume(message.addressOffset(i) + message.addressLength(i));
    }
  }

  private static byte[] query() {
    Message query = Message.newQuery(Record.newRecord(name("www.example.org."), Type.A, DClass.IN));
    query.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);
    return query.toWire();
  }

  private static byte[] address() throws IOException {
    Name asked = name("www.example.org.");
    return response(asked, Type.A, new ARecord(asked, DClass.IN, 300, address("192.0.2.1")));
  }

  private static byte[] cnameChain() throws IOException {
    Name asked = name("www.example.org.");
    Name alias = name("www.example.org.cdn.example.net.");
    Name edge = name("edge-7.cdn.example.net.");
    return response(
        asked,
        Type.AAAA,
        new CNAMERecord(asked, DClass.IN, 300, alias),
        new CNAMERecord(alias, DClass.IN, 60, edge),
        new AAAARecord(edge, DClass.IN, 20, address("2001:db8::7")),
        new AAAARecord(edge, DClass.IN, 20, address("2001:db8::8")));
  }

  private static byte[] mailExchangers() {
    Name asked = name("example.org.");
    return response(
        asked,
        Type.MX,
        new MXRecord(asked, DClass.IN, 300, 10, name("mx1.mail.example.org.")),
        new MXRecord(asked, DClass.IN, 300, 20, name("mx2.mail.example.org.")));
  }

  private static byte[] nameError() {
    Name asked = name("nothing.default.svc.cluster.example.test.");
    Name zone = name("example.test.");
    Message message = new Message(0x3c1f);
    message.getHeader().setFlag(Flags.QR);
    message.getHeader().setRcode(Rcode.NXDOMAIN);
    message.addRecord(Record.newRecord(asked, Type.A, DClass.IN), Section.QUESTION);
    Name server = name("ns.example.test.");
    Name mailbox = name("hostmaster.example.test.");
    message.addRecord(
        new SOARecord(zone, DClass.IN, 30, server, mailbox, 1, 7200, 1800, 86400, 30),
        Section.AUTHORITY);
    return message.toWire();
  }

  private static byte[] response(Name asked, int type, Record... answers) {
    Message message = new Message(0x3c1f);
    message.getHeader().setFlag(Flags.QR);
    message.getHeader().setFlag(Flags.RD);
    message.getHeader().setFlag(Flags.RA);
    message.addRecord(Record.newRecord(asked, type, DClass.IN), Section.QUESTION);
    for (Record answer : answers) {
      message.addRecord(answer, Section.ANSWER);
    }
    return message.toWire();
  }

  private static Name name(String text) {
    return Name.fromConstantString(text);
  }

  private static InetAddress address(String literal) throws IOException {
    return InetAddress.getByName(literal);
  }
}
