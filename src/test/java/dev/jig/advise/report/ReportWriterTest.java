package dev.jig.advise.report;

import static dev.jig.advise.SampleLookup.SERVER;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.advise.Advisor;
import dev.jig.advise.FindingId;
import dev.jig.advise.Report;
import dev.jig.advise.SampleLookup;
import dev.jig.advise.WatchedNode;
import dev.jig.advise.Window;
import dev.jig.advise.rules.AllRules;
import dev.jig.dns.Rcode;
import dev.jig.event.AttemptState;
import dev.jig.fixture.Json;
import dev.jig.names.SearchLists;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

final class ReportWriterTest {
  private static final String HINT = "Ask something.";
  private static final String HOSTILE = "e\u001b[2J*[x](http://e)";

  private static Report report(String comm) {
    Advisor advisor = new Advisor(AllRules.create(SearchLists.NONE, 1), SearchLists.NONE);
    for (int i = 0; i < 5; i++) {
      advisor.onRow(
          new SampleLookup()
              .process(7, comm)
              .at(i * 1_000L)
              .unanswered(SERVER, AttemptState.TIMEOUT, 10_000, "NETFILTER_DROP")
              .build(),
          0);
    }
    for (int i = 0; i < 5; i++) {
      advisor.onRow(
          new SampleLookup()
              .process(8, comm)
              .name("h" + i + ".broken.test.")
              .answered(SERVER, 1, Rcode.REFUSED)
              .build(),
          0);
    }
    advisor.finish();
    return new Report(
        advisor.window().withTime(0, 60_000_000_000L),
        advisor.findings(EnumSet.allOf(FindingId.class)));
  }

  private static Report empty(long lookups, long lost) {
    return new Report(new Window(0, 60_000_000_000L, lookups, 1, 1, lost, 0), List.of());
  }

  private static String write(ReportWriter writer, Report report) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writer.write(report, out);
    return out.toString(UTF_8);
  }

  private static String text(Report report) throws IOException {
    return write(new TextReport(false, 0, HINT), report);
  }

  @Test
  void textHasSubjectSummaryCauseAdviceAndExamples() throws IOException {
    assertThat(text(report("app")).replaceAll("\\d\\d:\\d\\d:\\d\\d\\.\\d{3}", "TIME"))
        .isEqualTo(
            """
            2 findings in 60 s · 10 lookups by 2 processes at 1 server · 0 packets lost

            ERROR    blocked           app  →  10.0.0.1
                     5 of 10 lookups got no answer; clients waited 50.0 s in all.
                     Since TIME, last seen TIME.
                     Cause: dropped by netfilter on the client's side (NETFILTER_DROP, 5 times).
                     Do: allow UDP and TCP port 53 to the server: look at NetworkPolicies, and at nft list ruleset or iptables-save where the packets were dropped.
                     TIME  www.example.com.  A  no answer in 10.0 s: dropped by netfilter   pid 7

            WARNING  refused-by-server app  →  10.0.0.1 for broken.test.
                     5 of 5 lookups of broken.test. got REFUSED.
                     Since TIME, last seen TIME.
                     Do: allow the client in the server's access list, or ask a server that serves the zone.
                     TIME  h0.broken.test.  A  REFUSED after 1.0 ms   pid 8
            """);
  }

  @Test
  void withoutLookupsTheTextSaysSo() throws IOException {
    assertThat(text(empty(0, 0))).isEqualTo("no lookups seen in 60 s\n" + HINT + "\n");
  }

  @Test
  void whereNothingIsFoundButPacketsAreLostThatProvesNothing() throws IOException {
    assertThat(text(empty(7, 3)))
        .isEqualTo(
            """
            0 findings in 60 s · 7 lookups by 1 process at 1 server · 3 packets lost
            Packets were lost: that nothing was found proves nothing.
            """);
  }

  @Test
  void textFitsTheTerminal() throws IOException {
    String narrow = write(new TextReport(false, 60, HINT), report("app"));

    assertThat(narrow.lines().skip(1)).allMatch(line -> line.length() <= 60);
  }

  @Test
  void textEscapesWhatComesFromOutside() throws IOException {
    assertThat(text(report(HOSTILE))).doesNotContain("\u001b").contains("\\x1b[2J");
  }

  @Test
  void coloursOnlyIfWanted() throws IOException {
    assertThat(write(new TextReport(true, 0, HINT), report("app")))
        .contains("\u001b[31;1mERROR   \u001b[0m blocked");
  }

  @Test
  void markdownEscapesMarkup() throws IOException {
    String markdown = write(new MarkdownReport(HINT), report(HOSTILE));

    assertThat(markdown)
        .startsWith("**2 findings in 60 s")
        .contains("\n### error: blocked · e\\\\x1b\\[2J\\*\\[x\\]\\(http\\://e\\)  →  10.0.0.1\n")
        .doesNotContain("[x](");
  }

  @Test
  void jsonIsOneDocument() throws IOException {
    String json = write(StructuredReport.json(), report("app"));

    Json document = Json.of(json);
    assertThat(json.lines()).hasSize(1);
    assertThat(document.number("window.lookups")).isEqualTo(10);
    Json first = document.objects("findings").getFirst();
    assertThat(first.text("id")).isEqualTo("blocked");
    assertThat(first.text("severity")).isEqualTo("error");
    assertThat(first.text("subject.comm")).isEqualTo("app");
    assertThat(first.text("subject.nameserver")).isEqualTo("10.0.0.1");
    assertThat(first.number("lookups")).isEqualTo(5);
    assertThat(first.number("of")).isEqualTo(10);
    assertThat(first.number("waitedNs")).isEqualTo(50_000_000_000L);
    assertThat(first.text("cause")).startsWith("dropped by netfilter");
    assertThat(first.objects("evidence").getFirst().text("name")).isEqualTo("www.example.com.");
  }

  @Test
  void jsonWithoutFindings() throws IOException {
    assertThat(write(StructuredReport.json(), empty(7, 3)))
        .isEqualTo(
            "{\"window\":{\"start\":0,\"end\":60000000000,\"lookups\":7,\"processes\":1,"
                + "\"servers\":1,\"packetsLost\":3},\"findings\":[]}\n");
  }

  private static Report ofCluster() {
    Window window =
        new Window(0, 60_000_000_000L, 7, 2, 1, 0, 0)
            .withNodes(
                List.of(
                    new WatchedNode("node-a", true, 7, 0, null),
                    new WatchedNode("node-b", true, 0, 12, "its agent did not report in time"),
                    new WatchedNode("node-c", false, 0, 0, "it has no agent")));
    return new Report(window, List.of());
  }

  @Test
  void textNamesTheNodesThatAreNotWhole() throws IOException {
    assertThat(text(ofCluster()))
        .isEqualTo(
            """
            0 findings in 60 s · 7 lookups by 2 processes at 1 server on 2 nodes · 12 packets lost
            Packets were lost: that nothing was found proves nothing.
            Node node-b: its agent did not report in time.
            Node node-b: 12 packets were lost.
            Node node-c: it has no agent.
            """);
  }

  @Test
  void jsonHasTheNodes() throws IOException {
    String json = write(StructuredReport.json(), ofCluster());

    assertThat(json)
        .contains(
            "\"packetsLost\":12,\"nodes\":[{\"node\":\"node-a\",\"watched\":true,\"lookups\":7,"
                + "\"packetsLost\":0},",
            "{\"node\":\"node-c\",\"lookups\":0,\"packetsLost\":0,\"gap\":\"it has no agent\"}]}");
    assertThat(
            new Load(LoadSettings.builder().build())
                .loadFromString(write(StructuredReport.yaml(), ofCluster())))
        .asString()
        .contains("node=node-c", "gap=it has no agent");
  }

  @Test
  void yamlHasTheSameContent() throws IOException {
    Load yaml = new Load(LoadSettings.builder().build());

    Object document = yaml.loadFromString(write(StructuredReport.yaml(), report(HOSTILE)));
    Object without = yaml.loadFromString(write(StructuredReport.yaml(), empty(7, 3)));

    assertThat(document).asString().contains("id=blocked", "nameserver=10.0.0.1", HOSTILE);
    assertThat(without).asString().endsWith("findings=[]}");
  }
}
