package dev.jig.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import dev.jig.it.ScriptedResolver.Act;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/// Servers that answer twice, or another question: what is still unanswered when the client's
/// socket is closed has its T row at once.
@Timeout(120)
final class FurtherAnswersIT {
  private static final String ZONE = "further.test.";

  /// A client with one socket.
  private static final class Client implements AutoCloseable {
    private final DatagramSocket socket;
    private final int port;

    Client(int port) throws IOException {
      this.port = port;
      socket = new DatagramSocket();
      socket.setSoTimeout(300);
    }

    void ask(int id, String name) throws IOException {
      Record question = Record.newRecord(Name.fromString(name), Type.A, DClass.IN);
      Message query = Message.newQuery(question);
      query.getHeader().setID(id);
      byte[] bytes = query.toWire();
      socket.send(
          new DatagramPacket(
              bytes, bytes.length, new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
    }

    /// Receives what comes, until 300 ms after the last message.
    int receiveAll() throws IOException {
      for (int received = 0; ; received++) {
        try {
          socket.receive(new DatagramPacket(new byte[512], 512));
        } catch (SocketTimeoutException e) {
          return received;
        }
      }
    }

    @Override
    public void close() {
      socket.close();
    }
  }

  private static IgProcess trace(ScriptedResolver resolver) {
    return IgProcess.trace(
        "--host", "-o", "json", "--ports=" + resolver.port(), "--dns-timeout=60s");
  }

  /// The client's rows of a name, as `R duplicate`.
  private static List<String> states(List<Json> rows, String name) {
    return rows.stream()
        .filter(row -> name.equals(row.at("name")))
        .filter(row -> isClients(row))
        .map(row -> row.text("qr") + " " + row.at("state"))
        .toList();
  }

  private static List<Json> parse(List<String> lines) {
    return lines.stream().map(Json::of).toList();
  }

  private static boolean isClients(Json row) {
    return row.text("qr").equals("R")
        ? row.text("pktType").equals("HOST")
        : row.text("pktType").equals("OUTGOING");
  }

  @Test
  void closingTheSocketAfterASecondAnswer() throws Exception {
    String twice = Act.TWICE.name(1, ZONE);
    String drop = Act.DROP.name(2, ZONE);
    try (ScriptedResolver resolver = ScriptedResolver.start(0, "127.0.0.1");
        IgProcess ig = trace(resolver)) {
      try (Client client = new Client(resolver.port())) {
        client.ask(1, twice);
        client.ask(2, drop);
        assertThat(client.receiveAll()).isEqualTo(2);
      }
      List<Json> rows =
          parse(
              ig.awaitLines(lines -> lines.stream().anyMatch(line -> line.contains("\"closed\""))));

      assertThat(states(rows, drop)).containsExactly("Q null", "T closed");
      assertThat(states(rows, twice)).containsExactly("Q null", "R answered", "R duplicate");
    }
  }

  @Test
  void closingTheSocketAfterAnAnswerToAnotherQuestion() throws Exception {
    String wrong = Act.WRONG.name(1, ZONE);
    try (ScriptedResolver resolver = ScriptedResolver.start(0, "127.0.0.1");
        IgProcess ig = trace(resolver)) {
      try (Client client = new Client(resolver.port())) {
        client.ask(1, wrong);
        assertThat(client.receiveAll()).isEqualTo(1);
      }
      List<Json> rows =
          parse(
              ig.awaitLines(lines -> lines.stream().anyMatch(line -> line.contains("\"closed\""))));

      assertThat(states(rows, wrong)).containsExactly("Q null", "T closed");
      assertThat(states(rows, "other." + wrong)).containsExactly("R orphan");
    }
  }

  @Test
  void aForgedAnswerConflicts() throws Exception {
    String forged = Act.FORGED.name(1, ZONE);
    try (ScriptedResolver resolver = ScriptedResolver.start(0, "127.0.0.1");
        IgProcess ig = trace(resolver)) {
      try (Client client = new Client(resolver.port())) {
        client.ask(1, forged);
        assertThat(client.receiveAll()).isEqualTo(2);
      }
      List<Json> rows =
          parse(
              ig.awaitLines(lines ->
                  lines.stream().filter(line -> line.contains("\"conflicting\"")).count() > 1));

      assertThat(states(rows, forged)).containsExactly("Q null", "R answered", "R conflicting");
      assertThat(rows)
          .filteredOn(row -> "conflicting".equals(row.at("state")) && isClients(row))
          .allSatisfy(row -> {
            assertThat(row.number("pid")).isEqualTo(ProcessHandle.current().pid());
            assertThat(row.text("attribution")).isEqualTo("exact");
          });
    }
  }
}
