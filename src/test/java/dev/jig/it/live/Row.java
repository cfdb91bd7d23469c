package dev.jig.it.live;

import dev.jig.fixture.Json;
import java.util.List;

/// A line of `-o json`: at which end its message is, query or response, and its owner.
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

  /// Whether the process at this end sent the message.
  boolean isOutgoing() {
    return json.text("pktType").equals("OUTGOING");
  }

  /// Whether it is at the client's end: a query sent, a response received, or a query without one.
  boolean isAtClient() {
    return qr().equals("R") != isOutgoing();
  }

  /// The end and kind of the message; a query without a response is `CLIENT_Q`.
  Truth.Hop hop() {
    boolean query = !qr().equals("R");
    return isAtClient()
        ? query ? Truth.Hop.CLIENT_Q : Truth.Hop.CLIENT_R
        : query ? Truth.Hop.SERVER_Q : Truth.Hop.SERVER_R;
  }

  /// Whether the running task is certain to be its sender.
  boolean isOfUdpSender() {
    return isOutgoing() && json.text("protocol").equals("UDP");
  }

  /// Whether it has an owner.
  boolean hasOwner() {
    return !json.text("attribution").equals("unknown");
  }

  boolean isExact() {
    return json.text("attribution").equals("exact");
  }

  boolean hasState(String state) {
    return state.equals(json.at("state"));
  }

  long pid() {
    return json.number("pid");
  }

  /// In the format of [Truth#owner].
  String owner() {
    return "%s %s %s %s".formatted(json.at("pid"), json.at("tid"), json.at("uid"), json.at("comm"));
  }

  String comm() {
    return json.text("comm");
  }

  /// In the format of [Truth#identity].
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
