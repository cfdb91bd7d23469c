package dev.jig.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.jig.agent.AgentLog;
import dev.jig.agent.NodeAgent;
import dev.jig.os.Signals;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `ig agent`: serves the traces of one node of a cluster. `kubectl gadget deploy` runs it on every
/// node.
@Command(
    name = "agent",
    hidden = true,
    description = "Serve the traces of this node to kubectl gadget, on loopback.")
final class AgentCommand implements Runnable {
  private static final int EXIT_STALLED = 70;

  @Option(
      names = "--node",
      required = true,
      paramLabel = "NAME",
      description = "The node's name in Kubernetes.")
  String node = "";

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "" + NodeAgent.PORT,
      description = "Port on loopback; 0: any free one (default: ${DEFAULT-VALUE}).")
  int port = NodeAgent.PORT;

  @Option(
      names = "--resolve-endpoints",
      description =
          "Show pods and services instead of addresses; lists and watches them in the cluster.")
  boolean resolveEndpoints;

  @Mixin RuntimeOptions runtimes = new RuntimeOptions();

  @Override
  public void run() {
    // src/main/dist/probe.c checks the age of this file
    Path alive = Path.of(System.getenv().getOrDefault("JIG_AGENT_STATE", "/run/jig"), "alive");
    var settings =
        new NodeAgent.Settings(node, VersionCommand.version(), port, alive, resolveEndpoints);
    var clients = runtimes.select().stream().map(RuntimeOptions.SelectedRuntime::runtime).toList();
    try (NodeAgent agent =
        NodeAgent.start(
            settings, clients, AgentCommand::log, () -> Runtime.getRuntime().halt(EXIT_STALLED))) {
      Signals.onInterrupt(agent::stop);
      agent.run();
    } catch (IOException e) {
      throw Failures.ofFile("cannot listen on port " + port + " of loopback", e);
    }
    log(AgentLog.Level.INFO, "agent ended", Map.of());
  }

  /// Prints one JSON object a line on stdout, where the container runtime collects it.
  private static void log(AgentLog.Level level, String event, Map<String, ?> details) {
    StringWriter line = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(line)) {
      json.writeStartObject();
      json.writeStringField("time", Instant.now().toString());
      json.writeStringField("level", level.name().toLowerCase(Locale.ROOT));
      json.writeStringField("event", event);
      for (Map.Entry<String, ?> detail : details.entrySet()) {
        if (detail.getValue() instanceof Number number) {
          json.writeNumberField(detail.getKey(), number.longValue());
        } else {
          json.writeStringField(detail.getKey(), String.valueOf(detail.getValue()));
        }
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter throws none
    }
    System.out.println(line);
  }
}
