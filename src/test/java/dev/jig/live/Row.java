package dev.jig.live;

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

  boolean exact() {
    return json.text("attribution").equals("exact");
  }

  boolean state(String state) {
    return state.equals(json.at("state"));
  }

  long pid() {
    return json.number("pid");
  }

  /// In the order in which [Truth] tells it.
  String owner() {
    return "%s %s %s %s".formatted(json.at("pid"), json.at("tid"), json.at("uid"), json.at("comm"));
  }
}
