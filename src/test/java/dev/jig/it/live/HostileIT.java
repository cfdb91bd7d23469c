package dev.jig.it.live;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.CProgram;
import dev.jig.fixture.DnsServer;
import dev.jig.fixture.Docker;
import dev.jig.fixture.DockerImages;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import dev.jig.fixture.Prerequisite;
import dev.jig.output.Escaping;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Name;

/// Names, comms and labels with terminal escape sequences, line breaks and quotes.
final class HostileIT {
  private static final List<String> LABELS =
      List.of("evil=\u001b[31mred\n%n\u202e \u00e9", "\u001b]0;title\u0007=1", "quote=\"'\\: - |");

  /// A comm and a name, as bytes.
  private static final class Attack {
    final byte[] comm;
    final byte[] name;

    Attack(byte[] comm, byte[] name) {
      this.comm = comm;
      this.name = name;
    }

    Attack(String comm, byte[]... labels) {
      this(comm.getBytes(UTF_8), wire(labels));
    }
  }

  private static final List<Attack> ATTACKS =
      List.of(
          new Attack("\u001b[31m\n%n\r\t\"\\", bytes("\u001b[2J\n%n\0\u007f"), bytes("a.b\\c\"'")),
          new Attack("\u00e9\u202e\u009b\u540d", bytes("\u00e9\u202e\u009b"), bytes("example")),
          new Attack(new byte[] {(byte) 0xff, (byte) 0x9b, 'x'}, longest()));

  @BeforeAll
  static void requireRoot() {
    Prerequisite.requireRoot();
    Docker.require();
  }

  @Test
  void hostileTextIsEscapedInEveryFormat() throws Exception {
    String address = Docker.hostAddress();
    String container = Docker.uniqueName();
    try (DnsServer server = DnsServer.start(0, address);
        IgProcess columns = trace(server, container, "wide");
        IgProcess json = trace(server, container, "json");
        IgProcess pretty = trace(server, container, "jsonpretty");
        IgProcess yaml = trace(server, container, "yaml")) {

      attack(container, address, server.port());

      int rows = 2 * ATTACKS.size();
      List<String> lines = json.awaitLines(printed -> printed.size() >= rows);
      for (int i = 0; i < ATTACKS.size(); i++) {
        assertThat(ATTACKS.get(i)).satisfies(isInRow(lines.get(2 * i), container));
        assertThat(ATTACKS.get(i)).satisfies(isInRow(lines.get(2 * i + 1), container));
      }
      List<String> table = columns.awaitLines(printed -> printed.size() >= rows + 1);
      List<String> documents = yaml.awaitLines(printed -> count("---", printed) == rows);
      assertThat(documents).containsAll(ATTACKS.stream().map(HostileIT::yamlOfComm).toList());
      assertThat(harmlessLines(columns)).isEqualTo(table).hasSize(rows + 1);
      assertThat(harmlessLines(json)).hasSize(rows);
      assertThat(count("}", harmlessLines(pretty))).isEqualTo(rows);
      assertThat(count("---", harmlessLines(yaml))).isEqualTo(rows);
    }
  }

  private static String yamlOfComm(Attack attack) {
    return "comm: \"" + Escaping.YAML.escape(new String(attack.comm, UTF_8)) + "\"";
  }

  private static void attack(String container, String address, int port) {
    List<String> options = new ArrayList<>(List.of("--name=" + container));
    LABELS.forEach(label -> options.addAll(List.of("--label", label)));
    Path programs = CProgram.build("hostile").getParent();
    options.add("--volume=" + programs + ":/programs:ro");
    HexFormat hex = HexFormat.of();
    StringBuilder script = new StringBuilder("set -e\n");
    for (Attack attack : ATTACKS) {
      script.append("/programs/hostile %s %d ".formatted(address, port));
      script.append(hex.formatHex(attack.comm) + " " + hex.formatHex(attack.name) + "\n");
    }
    Docker.run(DockerImages.clients(), options, "/bin/sh", "-c", script.toString()).orThrow();
  }

  private static IgProcess trace(DnsServer server, String container, String format) {
    return IgProcess.trace("-c", container, "-o", format, "--ports=" + server.port());
  }

  /// The parsed JSON has the comm, decoded as UTF-8, and the bytes of the name that were sent.
  private static Consumer<Attack> isInRow(String line, String container) {
    return attack -> {
      Json row = Json.of(line);
      assertThat(row.text("runtime.containerName")).isEqualTo(container);
      assertThat(row.text("comm")).isEqualTo(new String(attack.comm, UTF_8));
      assertThat(Name.fromConstantString(row.text("name")).toWire()).isEqualTo(attack.name);
    };
  }

  /// Returns the lines of the whole output, which must have no code point that controls a terminal.
  private static List<String> harmlessLines(IgProcess ig) {
    String out = ig.stop().out();
    assertThat(out.codePoints().filter(HostileIT::isTerminalControl).mapToObj(Integer::toHexString))
        .as(out)
        .isEmpty();
    return out.lines().toList();
  }

  /// C0 other than newline, DEL, C1, and the characters that change the writing direction.
  private static boolean isTerminalControl(int c) {
    boolean control = c < 0x20 && c != '\n' || c >= 0x7f && c <= 0x9f;
    boolean direction = c == 0x061c || c == 0x200e || c == 0x200f;
    return control || direction || c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069;
  }

  private static long count(String line, List<String> lines) {
    return lines.stream().filter(line::equals).count();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static byte[] wire(byte[]... labels) {
    ByteArrayOutputStream name = new ByteArrayOutputStream();
    for (byte[] label : labels) {
      name.write(label.length);
      name.writeBytes(label);
    }
    name.write(0);
    return name.toByteArray();
  }

  /// 255 bytes (RFC 1035 section 3.1), every byte value among them.
  private static byte[] longest() {
    byte[][] labels = new byte[4][];
    for (int i = 0, next = 0; i < labels.length; i++) {
      labels[i] = new byte[i < 3 ? 63 : 61];
      for (int at = 0; at < labels[i].length; at++) {
        labels[i][at] = (byte) next++;
      }
    }
    byte[] name = wire(labels);
    assertThat(name).hasSize(255);
    return name;
  }
}
