package dev.jig.it.servers;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.jig.fixture.Command;
import dev.jig.it.servers.SeenMessage.Question;
import dev.jig.it.servers.SeenMessage.ResourceRecord;
import dev.jig.it.servers.TsharkReader.Node.Leaf;
import dev.jig.it.servers.TsharkReader.Node.Tree;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Reads a capture with tshark, which shares no code with ig.
final class TsharkReader {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final int OPT = 41;
  private static final int UPDATE = 5;
  private static final List<String> SECTIONS =
      List.of("Answers", "Authoritative nameservers", "Additional records");
  private static final List<String> SECTIONS_OF_UPDATE =
      List.of("Prerequisites", "Updates", "Additional records");
  private static final List<String> COUNTS =
      List.of("dns.count.queries", "dns.count.answers", "dns.count.auth_rr", "dns.count.add_rr");
  private static final List<String> COUNTS_OF_UPDATE =
      List.of(
          "dns.count.zones", "dns.count.prerequisites", "dns.count.updates", "dns.count.add_rr");
  private static final Map<String, String> FLAGS =
      Map.of(
          "authoritative", "aa",
          "truncated", "tc",
          "recdesired", "rd",
          "recavail", "ra",
          "authenticated", "ad",
          "checkdisable", "cd");

  /// JSON as tshark writes it: keys repeat, values are text.
  sealed interface Node {
    /// A value.
    record Leaf(String text) implements Node {}

    /// An object.
    record Tree(List<Entry> entries) implements Node {
      Stream<Node> all(String key) {
        return entries.stream().filter(entry -> entry.key.equals(key)).map(Entry::node);
      }

      Tree tree(String key) {
        return (Tree) all(key).findFirst().orElse(new Tree(List.of()));
      }

      @Nullable String textOrNull(String key) {
        return all(key).map(node -> ((Leaf) node).text).findFirst().orElse(null);
      }

      String text(String key) {
        return Objects.requireNonNull(textOrNull(key), () -> "no " + key + " in " + this);
      }

      int number(String key) {
        return Integer.decode(text(key));
      }

      boolean has(String key) {
        return all(key).findAny().isPresent();
      }
    }

    /// A member.
    record Entry(String key, Node node) {}
  }

  private TsharkReader() {}

  /// All messages, in the order of the packets that complete them. Not those that an ICMP error
  /// quotes: a response to a client that has gone makes one.
  static List<SeenMessage> read(Path file) {
    try {
      Path json = Files.createTempFile(file.getParent(), "tshark", ".json");
      Command.run(
              "sh",
              "-c",
              "exec tshark -r \"$0\" -Y 'dns and not icmp and not icmpv6' -T json"
                  + " -J 'frame ip ipv6 udp tcp dns'"
                  + " -o tcp.desegment_tcp_streams:TRUE -o tcp.reassemble_out_of_order:TRUE"
                  + " -o ip.defragment:TRUE > \"$1\"",
              file.toString(),
              json.toString())
          .orThrow();
      try (JsonParser parser = FACTORY.createParser(json.toFile())) {
        return messages(parser);
      } finally {
        Files.delete(json);
      }
    } catch (IOException e) {
      throw new AssertionError("tshark's JSON of " + file, e);
    }
  }

  private static List<SeenMessage> messages(JsonParser parser) throws IOException {
    List<SeenMessage> messages = new ArrayList<>();
    if (parser.nextToken() != JsonToken.START_ARRAY) {
      throw new IOException("no list");
    }
    while (parser.nextToken() == JsonToken.START_OBJECT) {
      Tree layers = tree(parser).tree("_source").tree("layers");
      layers.all("dns").forEach(dns -> messages.add(message(layers, (Tree) dns)));
    }
    return messages;
  }

  private static Tree tree(JsonParser parser) throws IOException {
    List<Node.Entry> entries = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      switch (parser.nextToken()) {
        case START_OBJECT -> entries.add(new Node.Entry(key, tree(parser)));
        case START_ARRAY -> {
          while (parser.nextToken() != JsonToken.END_ARRAY) {
            entries.add(new Node.Entry(key, new Leaf(String.valueOf(parser.getText()))));
          }
        }
        default -> entries.add(new Node.Entry(key, new Leaf(String.valueOf(parser.getText()))));
      }
    }
    return new Tree(entries);
  }

  private static SeenMessage message(Tree layers, Tree dns) {
    boolean tcp = layers.has("tcp");
    Tree transport = layers.tree(tcp ? "tcp" : "udp");
    String ports = tcp ? "tcp." : "udp.";
    Tree ip = layers.tree(layers.has("ipv6") ? "ipv6" : "ip");
    String addresses = layers.has("ipv6") ? "ipv6." : "ip.";
    Tree flags = dns.tree("dns.flags_tree");
    boolean update = flags.number("dns.flags.opcode") == UPDATE;
    List<Tree> records =
        (update ? SECTIONS_OF_UPDATE : SECTIONS)
            .stream()
                .flatMap(section -> dns.tree(section).entries().stream())
                .map(entry -> (Tree) entry.node())
                .toList();
    Tree opt =
        records.stream()
            .filter(record -> record.number("dns.resp.type") == OPT)
            .findFirst()
            .orElse(new Tree(List.of()));
    return new SeenMessage(
        new BigDecimal(layers.tree("frame").text("frame.time_epoch"))
            .movePointRight(9)
            .longValueExact(),
        tcp ? "TCP" : "UDP",
        IgReader.endpoint(ip.text(addresses + "src"), transport.number(ports + "srcport")),
        IgReader.endpoint(ip.text(addresses + "dst"), transport.number(ports + "dstport")),
        dns.number("dns.id"),
        flags.number("dns.flags.opcode"),
        rcode(flags, opt),
        flags(flags),
        questions(dns.tree(update ? "Zone" : "Queries")),
        (update ? COUNTS_OF_UPDATE : COUNTS).stream().map(dns::number).toList(),
        addresses(dns.tree("Answers")),
        edns(opt),
        records.stream()
            .filter(record -> !record.equals(opt))
            .map(TsharkReader::resourceRecord)
            .toList());
  }

  private static int rcode(Tree flags, Tree opt) {
    if (flags.number("dns.flags.response") == 0) {
      return -1;
    }
    int upper = opt.has("dns.resp.ext_rcode") ? opt.number("dns.resp.ext_rcode") : 0;
    return upper << 4 | flags.number("dns.flags.rcode");
  }

  private static List<String> flags(Tree flags) {
    return Stream.of(
            "authoritative", "truncated", "recdesired", "recavail", "authenticated", "checkdisable")
        .filter(flag -> flags.has("dns.flags." + flag) && flags.number("dns.flags." + flag) == 1)
        .map(flag -> Objects.requireNonNull(FLAGS.get(flag)))
        .toList();
  }

  private static List<Question> questions(Tree section) {
    return section.entries().stream()
        .map(entry -> (Tree) entry.node())
        .map(question ->
            new Question(
                name(question.text("dns.qry.name")),
                question.number("dns.qry.type"),
                question.number("dns.qry.class")))
        .toList();
  }

  private static ResourceRecord resourceRecord(Tree resource) {
    return new ResourceRecord(
        name(owner(resource)),
        resource.number("dns.resp.type"),
        resource.number("dns.resp.class"),
        Long.parseLong(resource.text("dns.resp.ttl")));
  }

  /// tshark shows the owner of an SRV record in three parts.
  private static String owner(Tree resource) {
    String whole = resource.textOrNull("dns.resp.name");
    return whole != null
        ? whole
        : resource.text("dns.srv.service")
            + "."
            + resource.text("dns.srv.proto")
            + "."
            + resource.text("dns.srv.name");
  }

  private static List<String> addresses(Tree answers) {
    return answers.entries().stream()
        .map(entry -> (Tree) entry.node())
        .flatMap(record -> Stream.concat(record.all("dns.a"), record.all("dns.aaaa")))
        .map(node -> ((Leaf) node).text())
        .toList();
  }

  private static String edns(Tree opt) {
    if (opt.entries().isEmpty()) {
      return "";
    }
    boolean dnssecOk = opt.tree("dns.resp.z_tree").number("dns.resp.z.do") == 1;
    return "version "
        + opt.number("dns.resp.edns0_version")
        + " size "
        + opt.number("dns.rr.udp_payload_size")
        + (dnssecOk ? " DO" : "");
  }

  private static String name(String shown) {
    return shown.equals("<Root>") ? "." : shown + ".";
  }
}
