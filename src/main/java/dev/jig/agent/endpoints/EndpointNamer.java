package dev.jig.agent.endpoints;

import dev.jig.event.Container;
import dev.jig.event.EndpointName;
import dev.jig.event.EndpointName.Kind;
import dev.jig.event.EndpointNames;
import dev.jig.event.IpAddress;
import dev.jig.event.PacketType;
import dev.jig.event.Row;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Adds the names of an event's addresses.
///
/// The event's own end is named by its container's pod, which is right even before the API server
/// reports the pod's address, and for pods on their node's network. The other end is named by the
/// endpoint table at the event's time. Nodes' addresses are not in the table: all processes of the
/// node share them.
final class EndpointNamer implements UnaryOperator<Row> {
  private final EndpointTable table;

  EndpointNamer(EndpointTable book) {
    this.table = book;
  }

  @Override
  public Row apply(Row event) {
    IpAddress from = event.flow().source().address();
    IpAddress to = event.flow().destination().address();
    EndpointName own = own(event);
    boolean sent = event.flow().packetType() == PacketType.OUTGOING;
    boolean received = event.flow().packetType() == PacketType.HOST;
    EndpointName source = name(from, sent ? own : null, event);
    EndpointName destination = name(to, received ? own : null, event);
    EndpointName nameserver = null;
    if (to.equals(event.flow().nameserver())) {
      nameserver = destination;
    } else if (from.equals(event.flow().nameserver())) {
      nameserver = source;
    } else if (event.flow().nameserver() != null) {
      nameserver = name(event.flow().nameserver(), null, event);
    }
    return source == null && destination == null && nameserver == null
        ? event
        : event.withFlow(
            event.flow().withNames(new EndpointNames(source, destination, nameserver)));
  }

  private @Nullable EndpointName name(IpAddress address, @Nullable EndpointName own, Row event) {
    if (address.isLoopback() || address.isUnspecified() || address.isMulticast()) {
      return null; // not the address of one endpoint in the cluster
    }
    return own != null ? own : table.nameAt(address, event.timestampNs());
  }

  private static @Nullable EndpointName own(Row event) {
    Container container = event.subject().container();
    Container.Pod pod = container == null ? null : container.pod();
    return pod == null || pod.namespace() == null || pod.name() == null
        ? null
        : new EndpointName(Kind.POD, pod.namespace(), pod.name());
  }
}
