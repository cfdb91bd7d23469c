package dev.jig.it.servers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.jig.cli.IgInProcess;
import dev.jig.fixture.Json;
import dev.jig.pcap.CaptureReader;
import dev.jig.pcap.CapturedPacket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The DNS messages of a capture as one reader reports them, by the time of the packet that
/// completes them.
///
/// The tsv has a line per packet with fields separated by tabs: the packet's number, then
/// [#FIELDS]. Where a packet completes several messages, their values are separated by commas.
///
/// @param byTime lines by the packet's time in ns since the epoch; packets of the same time are one
/// @param numbers of the packets, by their time
record CaptureRows(Map<Long, List<String>> byTime, Map<Long, String> numbers) {
  private static final String QUESTIONS = "questions";
  private static final String NAME = "name";
  private static final String DAMAGE = "damage";

  /// The fields of a line, in this order.
  private static final List<String> FIELDS =
      List.of("id", "response", QUESTIONS, NAME, "type", "rcode", "answers", "a", "aaaa", DAMAGE);

  /// A packet with messages that the two readers report differently.
  ///
  /// @param kind `missing`: ig has no message; `extra`: only ig has one; else the fields that
  ///   differ, such as `name+type`
  record Difference(String packet, String kind, String ig, String tshark) {}

  /// The low bits of a response code are in the header, the others in OPT (RFC 6891 section 6.1.3):
  /// the tsv has those of the header.
  private static final int HEADER_RCODE = 0xf;

  private static final int SHOWN_LENGTH = 200;

  /// tshark's reading of `capture` as the tsv beside it has it.
  static CaptureRows readTsv(Path capture, Path tsv) throws IOException {
    List<Long> times = times(capture);
    Map<Long, String> numbers = new TreeMap<>();
    Map<Long, List<List<String>>> lines = new TreeMap<>();
    for (String line : new String(Files.readAllBytes(tsv), UTF_8).lines().toList()) {
      List<String> fields = List.of(line.split("\t", -1));
      long time = times.get(Integer.parseInt(fields.getFirst()) - 1);
      numbers.merge(time, fields.getFirst(), (first, second) -> first + "," + second);
      lines.computeIfAbsent(time, _ -> new ArrayList<>()).add(fields.subList(1, fields.size()));
    }
    return new CaptureRows(joined(lines), numbers);
  }

  private static List<Long> times(Path capture) throws IOException {
    List<Long> times = new ArrayList<>();
    CapturedPacket packet = new CapturedPacket();
    try (CaptureReader reader = CaptureReader.open(capture)) {
      while (reader.next(packet)) {
        times.add(packet.timeNs());
      }
    }
    return times;
  }

  static CaptureRows readWithIg(Path capture) throws IOException {
    IgInProcess run = IgInProcess.run("trace", "dns", "--read", capture.toString(), "-o", "json");
    Map<Long, List<List<String>>> lines = new TreeMap<>();
    for (String line : run.lines()) {
      Json row = Json.of(line);
      if (row.has("qr") && !row.text("qr").equals("T")) {
        long time = row.has("timestamp") ? row.number("timestamp") : 0;
        lines.computeIfAbsent(time, _ -> new ArrayList<>()).add(line(row));
      }
    }
    return new CaptureRows(joined(lines), Map.of());
  }

  /// One line for all of a packet: each field's values, separated by commas.
  private static Map<Long, List<String>> joined(Map<Long, List<List<String>>> lines) {
    Map<Long, List<String>> joined = new TreeMap<>();
    lines.forEach((time, packetLines) -> {
      List<String> fields = new ArrayList<>();
      for (int i = 0; i < FIELDS.size(); i++) {
        int place = i;
        String values =
            packetLines.stream()
                .map(line -> line.get(place))
                .filter(value -> !value.isEmpty())
                .collect(Collectors.joining(","));
        fields.add(comparable(FIELDS.get(i), values));
      }
      joined.put(time, fields);
    });
    return joined;
  }

  /// Bytes that are no UTF-8 are U+FFFD in the tsv, one or several for a sequence. Only whether a
  /// message is damaged is compared, not the description.
  private static String comparable(String field, String values) {
    return switch (field) {
      case DAMAGE -> values.isEmpty() ? "" : "damaged";
      case NAME -> values.replaceAll("\uFFFD+", "\uFFFD");
      default -> values;
    };
  }

  private static List<String> line(Json row) {
    boolean response = row.text("qr").equals("R");
    List<SeenMessage.Question> questions = IgReader.questions(row);
    return List.of(
        "0x" + row.text("id"),
        response ? "1" : "0",
        Integer.toString(questions.size()),
        questions.stream().map(q -> name(q.name())).collect(Collectors.joining(",")),
        questions.stream().map(q -> Integer.toString(q.type())).collect(Collectors.joining(",")),
        response ? Integer.toString(IgReader.rcode(row) & HEADER_RCODE) : "",
        row.has("numAnswers") ? Long.toString(row.number("numAnswers")) : "0",
        addresses(row, "A"),
        addresses(row, "AAAA"),
        row.has("malformed") ? "damaged" : "");
  }

  /// The data of all address records, whatever their section.
  private static String addresses(Json row, String type) {
    return Stream.of("answers", "authority", "additional")
        .filter(row::has)
        .flatMap(section -> row.list(section).stream())
        .map(IgReader::json)
        .filter(resource -> resource.text("type").equals(type) && resource.has("data"))
        .map(resource -> resource.text("data"))
        .collect(Collectors.joining(","));
  }

  /// A name as tshark writes it: without the last dot, control characters as in C, all other bytes
  /// as they are.
  private static String name(String presentation) {
    if (presentation.equals(".")) {
      return "<Root>";
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] text = presentation.substring(0, presentation.length() - 1).getBytes(UTF_8);
    for (int i = 0; i < text.length; i++) {
      int octet = text[i] & 0xff;
      if (octet == '\\' && Character.isDigit(text[i + 1])) { // RFC 1035 section 5.1
        octet = Integer.parseInt(new String(text, i + 1, 3, ISO_8859_1));
        i += 3;
      } else if (octet == '\\') {
        octet = text[++i];
      }
      bytes.writeBytes(
          octet < ' ' || octet == 0x7f ? escapedAsInC(octet) : new byte[] {(byte) octet});
    }
    return bytes.toString(UTF_8);
  }

  private static byte[] escapedAsInC(int control) {
    int letter = "\u0007\b\t\n\u000b\f\r".indexOf(control);
    String escaped = letter < 0 ? "\\%03o".formatted(control) : "\\" + "abtnvfr".charAt(letter);
    return escaped.getBytes(ISO_8859_1);
  }

  /// The packets that the readers report differently, by time.
  List<Difference> differences(CaptureRows tshark) {
    List<Difference> differences = new ArrayList<>();
    TreeSet<Long> times = new TreeSet<>(byTime.keySet());
    times.addAll(tshark.byTime.keySet());
    for (long time : times) {
      List<String> ig = byTime.get(time);
      List<String> expected = tshark.byTime.get(time);
      String kind = kind(ig, expected);
      if (!kind.isEmpty()) {
        String packet = tshark.numbers.getOrDefault(time, "at " + time + " ns");
        differences.add(new Difference(packet, kind, shown(ig), shown(expected)));
      }
    }
    return differences;
  }

  /// Empty if there is no difference. Of a damaged message ig counts the questions it has read, and
  /// the tsv has the header's count: they are not compared.
  private static String kind(@Nullable List<String> ig, @Nullable List<String> expected) {
    if (ig == null) {
      return "missing";
    }
    if (expected == null) {
      return "extra";
    }
    boolean damaged = !ig.get(FIELDS.indexOf(DAMAGE)).isEmpty();
    return FIELDS.stream()
        .filter(field -> !damaged || !field.equals(QUESTIONS))
        .filter(field -> !ig.get(FIELDS.indexOf(field)).equals(expected.get(FIELDS.indexOf(field))))
        .collect(Collectors.joining("+"));
  }

  private static String shown(@Nullable List<String> line) {
    String shown = line == null ? "-" : String.join(" | ", line);
    return shown.length() <= SHOWN_LENGTH ? shown : shown.substring(0, SHOWN_LENGTH) + "…";
  }
}
