package dev.jig.it.servers;

import dev.jig.dns.Opcode;
import dev.jig.dns.Rcode;
import dev.jig.dns.RecordClass;
import dev.jig.dns.RecordType;
import dev.jig.fixture.Command;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import dev.jig.it.servers.SeenMessage.Question;
import dev.jig.it.servers.SeenMessage.ResourceRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/// Reads a capture with `ig trace dns --read -o json`.
final class IgReader {
  private static final Map<String, Integer> TYPES = numbers(RecordType::mnemonic, 0x10000);
  private static final Map<String, Integer> CLASSES = numbers(RecordClass::mnemonic, 0x10000);
  private static final Map<String, Integer> RCODES = numbers(Rcode::mnemonic, 0x1000);
  private static final Map<String, Integer> OPCODES = numbers(Opcode::mnemonic, 16);
  private static final int CLASS_IN = 1;

  /// The rows of a capture.
  ///
  /// @param summary the last line on stderr
  record Read(List<Json> rows, String summary) {
    /// The messages of Q and R rows; a T row reports a query without a response, no message.
    List<SeenMessage> messages() {
      return rows.stream()
          .filter(row -> !row.text("qr").equals("T"))
          .map(IgReader::message)
          .toList();
    }
  }

  private IgReader() {}

  static Read read(Path file) {
    Command.Result run = IgProcess.run("trace", "dns", "--read", file.toString(), "-o", "json");
    return new Read(IgProcess.events(run.orThrow().lines().toList()), run.err().strip());
  }

  private static Map<String, Integer> numbers(IntFunction<String> mnemonic, int end) {
    Map<String, Integer> numbers = new HashMap<>();
    for (int number = 0; number < end; number++) {
      numbers.put(mnemonic.apply(number), number);
    }
    return numbers;
  }

  private static int number(Map<String, Integer> numbers, String mnemonic) {
    return Objects.requireNonNull(numbers.get(mnemonic), mnemonic);
  }

  private static SeenMessage message(Json row) {
    boolean response = row.text("qr").equals("R");
    List<ResourceRecord> answers = records(row.fields(), "answers");
    List<ResourceRecord> authority = records(row.fields(), "authority");
    List<ResourceRecord> additional = records(row.fields(), "additional");
    int others = additional.size() + (row.has("edns") ? 1 : 0);
    int counted = row.has("numAnswers") ? (int) row.number("numAnswers") : 0;
    List<Question> questions = questions(row);
    return new SeenMessage(
        row.number("timestamp"),
        row.text("protocol"),
        endpoint(row.text("srcIP"), row.number("srcPort")),
        endpoint(row.text("dstIP"), row.number("dstPort")),
        Integer.parseInt(row.text("id"), 16),
        row.has("opcode") ? number(OPCODES, row.text("opcode")) : 0,
        response ? rcode(row) : -1,
        flags(row),
        questions,
        List.of(questions.size(), counted, authority.size(), others),
        row.has("addresses")
            ? row.list("addresses").stream().map(String::valueOf).toList()
            : List.of(),
        edns(row),
        Stream.of(answers, authority, additional).flatMap(List::stream).toList());
  }

  static int rcode(Json row) {
    return number(RCODES, row.text("rcode"));
  }

  static String endpoint(String address, long port) {
    return address + " " + port;
  }

  private static List<String> flags(Json row) {
    return Stream.of("aa", "tc", "rd", "ra", "ad", "cd")
        .filter(flag -> row.has("flags." + flag))
        .toList();
  }

  static List<Question> questions(Json row) {
    if (!row.has("questions")) {
      return row.has("name")
          ? List.of(new Question(row.text("name"), number(TYPES, row.text("qtype")), CLASS_IN))
          : List.of();
    }
    List<Question> questions = new ArrayList<>();
    for (Object question : row.list("questions")) {
      Json fields = json(question);
      questions.add(
          new Question(
              fields.text("name"), number(TYPES, fields.text("type")), recordClass(fields)));
    }
    return questions;
  }

  private static List<ResourceRecord> records(Map<String, Object> row, String section) {
    List<ResourceRecord> records = new ArrayList<>();
    if (row.get(section) instanceof List<?> list) {
      for (Object entry : list) {
        Json seen = json(entry);
        records.add(
            new ResourceRecord(
                seen.text("name"),
                number(TYPES, seen.text("type")),
                recordClass(seen),
                seen.number("ttl")));
      }
    }
    return records;
  }

  private static int recordClass(Json entry) {
    return entry.has("class") ? number(CLASSES, entry.text("class")) : CLASS_IN;
  }

  private static String edns(Json row) {
    if (!row.has("edns")) {
      return "";
    }
    long version = row.has("edns.version") ? row.number("edns.version") : 0;
    return "version "
        + version
        + " size "
        + row.number("edns.udpSize")
        + (row.has("edns.do") ? " DO" : "");
  }

  @SuppressWarnings("unchecked") // as Json makes them
  static Json json(Object value) {
    return new Json((Map<String, Object>) value);
  }
}
