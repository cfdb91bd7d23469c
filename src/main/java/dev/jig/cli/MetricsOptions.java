package dev.jig.cli;

import dev.jig.event.UserFacingException;
import dev.jig.export.DnsMetrics;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import picocli.CommandLine.Option;

/// Flags of `metrics dns`: where metrics are served, and how many.
final class MetricsOptions {
  private static final List<String> SUBJECTS = List.of("pod", "workload");
  private static final int MAX_SERIES = 1_000_000;
  private static final int MAX_PORT = 65_535;

  @Option(
      names = "--listen",
      order = 50,
      paramLabel = "ADDRESS:PORT",
      defaultValue = "127.0.0.1:9435",
      description = "Where /metrics is served, without a password (default: ${DEFAULT-VALUE}).")
  String listen = "127.0.0.1:9435";

  @Option(
      names = "--max-series",
      order = 51,
      paramLabel = "N",
      defaultValue = "20000",
      description = {
        "Lines of a scrape at most, from 200; what is beyond counts as one",
        "(default: ${DEFAULT-VALUE})."
      })
  String maxSeries = "20000";

  @Option(
      names = "--per",
      order = 52,
      paramLabel = "SUBJECT",
      defaultValue = "pod",
      description =
          "pod, or workload: pods folded into their owner by its name (default: ${DEFAULT-VALUE}).")
  String per = "pod";

  /// The parsed values.
  record Parsed(InetSocketAddress listen, int maxSeries, boolean isPerWorkload) {}

  /// @throws UserFacingException for an invalid value
  Parsed parse() {
    if (!SUBJECTS.contains(per)) {
      throw Failures.unknownValue("a value of --per", per, SUBJECTS);
    }
    return new Parsed(address(), series(), per.equals("workload"));
  }

  private int series() {
    try {
      int count = Integer.parseInt(maxSeries);
      if (count >= DnsMetrics.MIN_SERIES && count <= MAX_SERIES) {
        return count;
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    throw UserFacingException.usage(
        "\"" + maxSeries + "\" is not a value of --max-series.",
        "Write a number from " + DnsMetrics.MIN_SERIES + " to " + MAX_SERIES + ".");
  }

  private InetSocketAddress address() {
    int colon = listen.lastIndexOf(':');
    if (colon > 0) {
      try {
        int port = Integer.parseInt(listen.substring(colon + 1));
        if (port >= 0 && port <= MAX_PORT) {
          return new InetSocketAddress(literal(listen.substring(0, colon)), port);
        }
      } catch (IllegalArgumentException e) {
        // reported below
      }
    }
    throw UserFacingException.usage(
        "\"" + listen + "\" is not a value of --listen.",
        "Write an address and a port: 127.0.0.1:9435 or [::1]:9435.");
  }

  private static InetAddress literal(String host) {
    if (host.equals("localhost")) {
      return InetAddress.ofLiteral("127.0.0.1");
    }
    boolean isBracketed = host.startsWith("[") && host.endsWith("]");
    if (host.contains(":") != isBracketed) {
      throw new IllegalArgumentException(host);
    }
    return InetAddress.ofLiteral(isBracketed ? host.substring(1, host.length() - 1) : host);
  }
}
