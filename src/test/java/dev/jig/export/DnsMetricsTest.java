package dev.jig.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.advise.SampleLookup;
import dev.jig.dns.Rcode;
import dev.jig.event.AttemptState;
import dev.jig.event.Attribution;
import dev.jig.event.Container;
import dev.jig.event.LookupRow;
import dev.jig.event.State;
import dev.jig.event.Subject;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

final class DnsMetricsTest {
  private static final int MAX_SERIES = 1_000;
  private static final String CLIENT =
      "container_name=\"web\",k8s_namespace_name=\"shop\",k8s_node_name=\"n1\",k8s_pod_name=\"";

  private final DnsMetrics metrics = new DnsMetrics(MAX_SERIES, new WorkloadNames(false), 0);

  @Test
  void aLookupIsCountedWithItsLabels() throws IOException {
    metrics.onRow(of("web-1", new SampleLookup().answered(SampleLookup.SERVER, 3, Rcode.NO_ERROR)));

    String labels = CLIENT + "web-1\",nameserver=\"10.0.0.1\"";
    assertThat(lines())
        .contains(
            "jig_lookups_total 1.0",
            "jig_dns_tries_total{" + labels + "} 1.0",
            "jig_dns_lookups_total{"
                + labels
                + ",outcome=\"ok\",qtype=\"A\",rcode=\"NoError\"} 1.0",
            "dns_lookup_duration_seconds_bucket{" + labels + ",outcome=\"ok\",le=\"0.0025\"} 0",
            "dns_lookup_duration_seconds_bucket{" + labels + ",outcome=\"ok\",le=\"0.005\"} 1",
            "dns_lookup_duration_seconds_count{" + labels + ",outcome=\"ok\"} 1",
            "dns_lookup_duration_seconds_sum{" + labels + ",outcome=\"ok\"} 0.003");
  }

  @Test
  void triesCountForTheirServersAndTheLookupForTheLast() throws IOException {
    metrics.onRow(
        of(
            "web-1",
            new SampleLookup()
                .unanswered(SampleLookup.SERVER, AttemptState.TIMEOUT, 5_000, null)
                .answered(SampleLookup.OTHER_SERVER, 1, Rcode.NX_DOMAIN)));

    assertThat(lines())
        .anyMatch(is("jig_dns_tries_total", "10.0.0.1", "} 1.0"))
        .anyMatch(is("jig_dns_tries_total", "10.0.0.2", "} 1.0"))
        .anyMatch(is("jig_dns_lookups_total", "10.0.0.2", "rcode=\"NXDomain\"} 1.0"))
        .noneMatch(is("jig_dns_lookups_total", "10.0.0.1", ""));
  }

  @Test
  void missingAnswersHaveTheirCauseAndTcpItsCount() throws IOException {
    metrics.onRow(
        of(
            "web-1",
            new SampleLookup()
                .unanswered(SampleLookup.SERVER, AttemptState.CLOSED, 1, "NETFILTER_DROP")));
    metrics.onRow(
        of(
            "web-1",
            new SampleLookup()
                .truncated(SampleLookup.SERVER)
                .tcp(SampleLookup.SERVER, AttemptState.ANSWERED, 1, Rcode.NO_ERROR)));

    assertThat(lines())
        .anyMatch(is("jig_dns_unanswered_total", "cause=\"dropped by netfilter\"", "} 1.0"))
        .anyMatch(is("jig_dns_tcp_fallbacks_total", "10.0.0.1", "} 1.0"));
  }

  @Test
  void aLostTwinCountsOnce() throws IOException {
    for (int i = 0; i < 2; i++) {
      metrics.onRow(of("web-1", new SampleLookup().twin(State.ANSWERED).answered()));
      metrics.onRow(
          of(
              "web-1",
              new SampleLookup()
                  .aaaa()
                  .twin(State.ANSWERED)
                  .unanswered(SampleLookup.SERVER, AttemptState.REPEATED, 5_000, null)
                  .answered()));
    }

    assertThat(lines()).anyMatch(is("jig_dns_lost_twins_total", "10.0.0.1", "} 2.0"));
  }

  @Test
  void beyondTheCapThereIsOneLabelSetAndTheTotalIsExact() throws IOException {
    int pods = 20_000;
    for (int i = 0; i < pods; i++) {
      metrics.onRow(of("pod-" + i, new SampleLookup().answered()));
    }

    List<String> lines = lines();
    assertThat(lines).hasSizeLessThanOrEqualTo(MAX_SERIES).hasSizeGreaterThan(MAX_SERIES - 100);
    assertThat(lines)
        .contains("jig_lookups_total 20000.0", "jig_series " + (double) lines.size())
        .anyMatch(is("jig_dns_lookups_total{otel_metric_overflow=\"true\"}", "", ""));
    assertThat(sum(lines, "jig_dns_lookups_total{")).isEqualTo(pods);
    assertThat(sum(lines, "jig_dns_tries_total{")).isEqualTo(pods);
    assertThat(sum(lines, "dns_lookup_duration_seconds_count{")).isEqualTo(pods);
  }

  @Test
  void whatIsGoneForTenMinutesIsRemoved() throws IOException {
    for (int i = 0; i < 1_000; i++) {
      metrics.onRow(of("old-" + i, new SampleLookup().answered()));
    }
    metrics.tick(TimeUnit.MINUTES.toNanos(9));
    assertThat(lines()).anyMatch(is("jig_dns_lookups_total", "old-0", ""));

    metrics.tick(TimeUnit.MINUTES.toNanos(10));
    metrics.onRow(of("new", new SampleLookup().answered()));

    assertThat(lines())
        .noneMatch(line -> line.contains("old-"))
        .anyMatch(is("jig_dns_lookups_total", "\"new\"", "} 1.0"))
        .contains("jig_lookups_total 1001.0");
  }

  @Test
  void podsFoldIntoTheirOwners() {
    WorkloadNames names = new WorkloadNames(true);
    Map.of(
            "coredns-5d78c9869d-4xk2p", "coredns",
            "kube-proxy-x7k2p", "kube-proxy",
            "db-0", "db",
            "backup-28934520-bx7ks", "backup",
            "web-proxy", "web-proxy",
            "kube-apiserver-node-a", "kube-apiserver-node-a")
        .forEach((pod, owner) -> assertThat(names.of(pod)).isEqualTo(owner));
    assertThat(new WorkloadNames(false).of("db-0")).isEqualTo("db-0");
  }

  private static LookupRow of(String pod, SampleLookup lookup) {
    Container container =
        new Container(
            "containerd",
            "0123456789abcdef",
            "web",
            null,
            null,
            Map.of(),
            new Container.Pod("shop", pod, null, null, "web", false));
    LookupRow row = lookup.build();
    return row.withSubject(new Subject("n1", container, row.subject().owner(), Attribution.EXACT));
  }

  private List<String> lines() throws IOException {
    byte[] text =
        MetricsServer.scrape(
            ExpositionFormats.init().getPrometheusTextFormatWriter(), metrics, PacketCounts.NONE);
    return new String(text, StandardCharsets.UTF_8)
        .lines()
        .filter(line -> !line.startsWith("#"))
        .toList();
  }

  private static Predicate<String> is(String begin, String part, String end) {
    return line -> line.startsWith(begin) && line.contains(part) && line.endsWith(end);
  }

  private static long sum(List<String> lines, String begin) {
    return (long)
        lines.stream()
            .filter(line -> line.startsWith(begin))
            .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
            .sum();
  }
}
