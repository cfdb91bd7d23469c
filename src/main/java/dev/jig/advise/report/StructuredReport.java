package dev.jig.advise.report;

import com.fasterxml.jackson.core.io.SerializedString;
import dev.jig.advise.Client;
import dev.jig.advise.Evidence;
import dev.jig.advise.Finding;
import dev.jig.advise.Report;
import dev.jig.advise.WatchedNode;
import dev.jig.advise.Window;
import dev.jig.event.Container;
import dev.jig.output.json.Document;
import dev.jig.output.json.JsonDocument;
import dev.jig.output.json.RowItems;
import dev.jig.output.json.YamlDocument;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A report as one JSON or YAML document.
///
/// ```
/// {"window": {"start", "end", "lookups", "processes", "servers", "packetsLost", "forgotten",
///    "nodes": [{"node", "watched", "lookups", "packetsLost", "gap"}]},
///  "findings": [{"id", "severity", "subject": {…}, "lookups", "of", "waitedNs", "firstSeen",
///    "lastSeen", "summary", "cause", "advice": […], "evidence": [lookup, …]}]}
/// ```
///
/// `forgotten` and `nodes` are absent where they say nothing: of one machine there are no nodes.
///
/// Times are nanoseconds since the epoch. A subject has what applies: of one client `container`,
/// `namespace`, `podName`, `node`, `comm` and `clientIP`, of several their number, `clients`.
public final class StructuredReport implements ReportWriter {
  /// Opens a document on a stream.
  private interface Opener {
    Document open(OutputStream out) throws IOException;
  }

  private final Opener opener;

  private StructuredReport(Opener opener) {
    this.opener = opener;
  }

  public static StructuredReport json() {
    return new StructuredReport(JsonDocument::compact);
  }

  public static StructuredReport yaml() {
    return new StructuredReport(YamlDocument::new);
  }

  @Override
  public void write(Report report, OutputStream out) throws IOException {
    Document document = opener.open(out);
    document.begin();
    writeWindow(document, report.window());
    document.beginList(key("findings"));
    RowItems rows = new RowItems(document);
    for (Finding finding : report.findings()) {
      document.beginItem();
      writeFinding(document, rows, finding);
      document.endItem();
    }
    document.endList();
    document.end();
    document.flush();
  }

  private static void writeWindow(Document document, Window window) throws IOException {
    document.beginObject(key("window"));
    document.writeNumber(key("start"), window.startNs());
    document.writeNumber(key("end"), window.endNs());
    document.writeNumber(key("lookups"), window.lookups());
    document.writeNumber(key("processes"), window.processes());
    document.writeNumber(key("servers"), window.servers());
    document.writeNumber(key("packetsLost"), window.packetsLost());
    if (window.forgotten() > 0) {
      document.writeNumber(key("forgotten"), window.forgotten());
    }
    if (!window.nodes().isEmpty()) {
      writeNodes(document, window.nodes());
    }
    document.endObject();
  }

  private static void writeNodes(Document document, List<WatchedNode> nodes) throws IOException {
    document.beginList(key("nodes"));
    for (WatchedNode node : nodes) {
      document.beginItem();
      document.writeText(key("node"), node.node());
      if (node.watched()) {
        document.writeTrue(key("watched"));
      }
      document.writeNumber(key("lookups"), node.lookups());
      document.writeNumber(key("packetsLost"), node.packetsLost());
      writeIfKnown(document, "gap", node.gap());
      document.endItem();
    }
    document.endList();
  }

  private static void writeFinding(Document document, RowItems rows, Finding finding)
      throws IOException {
    document.writeAscii(key("id"), finding.id().text());
    document.writeAscii(key("severity"), finding.id().severity().text());
    document.beginObject(key("subject"));
    writeSubject(document, finding);
    document.endObject();
    document.writeNumber(key("lookups"), finding.lookups());
    document.writeNumber(key("of"), finding.of());
    document.writeNumber(key("waitedNs"), finding.evidence().waitedNs());
    document.writeNumber(key("firstSeen"), finding.evidence().firstNs());
    document.writeNumber(key("lastSeen"), finding.evidence().lastNs());
    document.writeText(key("summary"), finding.summary().stream().collect(Collectors.joining(" ")));
    writeIfKnown(document, "cause", Sentences.cause(finding));
    document.writeTextList(key("advice"), finding.advice());
    document.beginList(key("evidence"));
    for (Evidence evidence : finding.evidence().evidence()) {
      rows.write(evidence.row());
    }
    document.endList();
  }

  private static void writeSubject(Document document, Finding finding) throws IOException {
    if (finding.clients().size() == 1) {
      writeClient(document, finding.clients().iterator().next());
    } else {
      document.writeNumber(key("clients"), finding.clients().size());
    }
    List<Integer> pids = finding.evidence().pids();
    if (!pids.isEmpty()) {
      document.writeNumberList(key("pids"), pids);
    }
    writeIfKnown(document, "nameserver", textOf(finding.nameserver()));
    writeIfKnown(document, "zone", finding.zone());
    writeIfKnown(document, "name", finding.name());
  }

  private static void writeClient(Document document, Client client) throws IOException {
    Container container = client.container();
    Container.Pod pod = container == null ? null : container.pod();
    writeIfKnown(document, "container", container == null ? null : container.name());
    writeIfKnown(document, "namespace", pod == null ? null : pod.namespace());
    writeIfKnown(document, "podName", pod == null ? null : pod.name());
    writeIfKnown(document, "node", client.node());
    writeIfKnown(document, "comm", client.comm());
    writeIfKnown(document, "clientIP", textOf(client.address()));
  }

  private static @Nullable String textOf(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  private static void writeIfKnown(Document document, String name, @Nullable String value)
      throws IOException {
    if (value != null) {
      document.writeText(key(name), value);
    }
  }

  private static SerializedString key(String name) {
    return new SerializedString(name);
  }
}
