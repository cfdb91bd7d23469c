package dev.jig.it.live;

import dev.jig.fixture.Json;
import java.util.List;

/// A line of `-o json` by the words of CLI.md: side, kind, owner.
record Row(Json json) {
  static List<Row> of(List<String> lines) {
    return lines.stream().map(line -> new Row(Json.of(line))).toList();
  }

  String qr() {
    return json.text("qr");
  }

  String name() {
    return json.text("name");
  }

  /// Sent by its socket's own side.
  boolean outgoing() {
    return json.text("pktType").equals("OUTGOING");
  }

  /// Of the side that asks: its queries, the responses it gets, what it gets no response to.
  boolean ofClient() {
    return qr().equals("R") != outgoing();
  }

  /// At which end, for queries and responses.
  Truth.Hop hop() {
    boolean query = !qr().equals("R");
    return ofClient()
        ? query ? Truth.Hop.CLIENT_Q : Truth.Hop.CLIENT_R
        : query ? Truth.Hop.SERVER_Q : Truth.Hop.SERVER_R;
  }

  /// Its sender is the running task, and no doubt about it.
  boolean isOfUdpSender() {
    return outgoing() && json.text("protocol").equals("UDP");
  }

  /// Whether it has an owner.
  boolean known() {
    return !json.text("attribution").equals("unknown");
  }

  boolean exact() {
    return json.text("attribution").equals("exact");
  }

  boolean state(String state) {
    return state.equals(json.at("state"));
  }

  long pid() {
    return json.number("pid");
  }

  /// In the order in which [Bool] tells it.
  String owner() {
    return "%s %s %s %s".formatted(json.at("pid"), json.at("tid"), json.at("uid"), json.at("comm"));
  }

  String comm() {
    return json.text("comm");
  }

  /// In the order in which [Bool] tells it.
  String identity() {
    return "%s %s %s %s %s %s"
        .formatted(
            owner(),
            json.at("ppid"),
            json.at("gid"),
            json.at("mountnsid"),
            json.at("netnsid"),
            json.at("pcomm"));
  }
}
