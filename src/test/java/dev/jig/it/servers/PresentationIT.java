package dev.jig.it.servers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Command;
import dev.jig.fixture.Json;
import dev.jig.it.servers.Servers.Server;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Each record of a signed zone's transfer: ig writes its data as the client that made the transfer
/// prints it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
final class PresentationIT {
  /// Number of fields before the data in a client's line.
  private static final int FIELDS_BEFORE_DATA = 4;

  private Namespace network;

  @BeforeAll
  void start() {
    Tools.require();
    network = Namespace.create(1500);
    Servers.start(network);
  }

  @AfterAll
  void stop() {
    if (network != null) {
      network.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"kdig, KNOT", "kdig, BIND", "kdig, NSD", "dig, KNOT", "dig, BIND", "dig, NSD"})
  void dataIsWrittenAsTheClientPrintsIt(String client, Server server) {
    Capture capture = Capture.start(network, client + "-" + server.zone.substring(0, 3));
    Command.Result transfer =
        client.equals("kdig")
            ? network.run("kdig", "@" + server.address, server.zone, "AXFR")
            : network.run("dig", "+nosplit", "@" + server.address, server.zone, "AXFR");
    List<String> printedByClient = records(transfer.orThrow());
    List<String> shownByIg = records(server, IgReader.read(capture.stop()));

    assertThat(types(shownByIg)).hasSizeGreaterThan(40);
    assertThat(shownByIg).hasSameSizeAs(printedByClient);
    assertThat(differences(shownByIg, printedByClient)).isEmpty();
  }

  private static List<String> differences(List<String> shownByIg, List<String> printedByClient) {
    List<String> differences = new ArrayList<>();
    for (int i = 0; i < shownByIg.size(); i++) {
      if (!comparable(shownByIg.get(i)).equals(comparable(printedByClient.get(i)))) {
        differences.add("\n" + shownByIg.get(i) + "\n" + printedByClient.get(i));
      }
    }
    return differences;
  }

  /// Removes what clients write differently from ig or from each other: upper-case hex digits,
  /// leading and trailing zeros, a mnemonic for a number, optional quotes.
  private static String comparable(String record) {
    String[] fields = record.split(" ", FIELDS_BEFORE_DATA + 1);
    String data = fields[FIELDS_BEFORE_DATA];
    fields[FIELDS_BEFORE_DATA] =
        switch (fields[FIELDS_BEFORE_DATA - 1]) {
          case "EUI48", "EUI64", "NSEC3" -> data.toLowerCase(Locale.ROOT);
          case "L64", "NID" -> data.toLowerCase(Locale.ROOT).replaceAll("\\b0+(?=\\w)", "");
          case "LOC" -> data.replaceAll("\\.00m", "m").replaceAll(" +", " ");
          case "CERT" -> data.replace("PGP ", "3 ");
          case "SVCB", "HTTPS" -> data.replace("\"", "");
          default -> data;
        };
    return String.join(" ", fields);
  }

  private static Set<String> types(List<String> records) {
    Set<String> types = new TreeSet<>();
    records.forEach(record -> types.add(record.split(" ", -1)[FIELDS_BEFORE_DATA - 1]));
    return types;
  }

  private static List<String> records(String text) {
    return text.lines()
        .filter(line -> !line.isBlank() && !line.startsWith(";"))
        .map(line -> line.strip().split("\\s+", FIELDS_BEFORE_DATA + 1))
        .map(fields -> String.join(" ", fields))
        .toList();
  }

  private static boolean isTransferFrom(Server server, Json row) {
    return row.text("qr").equals("R")
        && row.text("srcIP").equals(server.address)
        && row.text("protocol").equals("TCP");
  }

  private static List<String> records(Server server, IgReader.Read read) {
    List<String> records = new ArrayList<>();
    for (Json row : read.rows()) {
      if (isTransferFrom(server, row)) {
        for (Object answer : row.list("answers")) {
          Json resource = IgReader.json(answer);
          records.add(
              "%s %d IN %s %s"
                  .formatted(
                      resource.text("name"),
                      resource.number("ttl"),
                      resource.text("type"),
                      resource.text("data")));
        }
      }
    }
    return records;
  }
}
