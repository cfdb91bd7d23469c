package dev.jig.it.live;

import dev.jig.fixture.IgProcess;
import dev.jig.fixture.NetworkHost.Family;
import dev.jig.fixture.TestNetwork;
import dev.jig.fixture.UdpProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/// A network with a process at its client and one at its server, and a trace of both.
record TracedNetwork(TestNetwork network, UdpProcess client, UdpProcess server, IgProcess ig)
    implements AutoCloseable {

  /// Traces all processes.
  static TracedNetwork trace(TestNetwork network, String... options) {
    List<String> arguments = new ArrayList<>(List.of("--host", "-o", "json"));
    arguments.addAll(List.of(options));
    return start(network, arguments);
  }

  /// Traces one container of a Docker daemon.
  static TracedNetwork traceContainer(TestNetwork network, String name, String dockerSocket) {
    return start(network, List.of("-o", "json", "-c", name, "--docker-socketpath=" + dockerSocket));
  }

  private static TracedNetwork start(TestNetwork network, List<String> arguments) {
    UdpProcess client = UdpProcess.start(network.client());
    UdpProcess server = UdpProcess.start(network.server());
    try {
      IgProcess ig = IgProcess.trace(arguments.toArray(String[]::new));
      return new TracedNetwork(network, client, server, ig);
    } catch (AssertionError | UncheckedIOException e) {
      close(network, client, server);
      throw e;
    }
  }

  /// The server's address.
  String address(Family family) {
    return network.server().address(family);
  }

  @Override
  public void close() {
    ig.close();
    close(network, client, server);
  }

  private static void close(TestNetwork network, UdpProcess client, UdpProcess server) {
    try (network) {
      client.close();
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
