package dev.jig.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.event.Attribution;
import dev.jig.event.Container;
import dev.jig.event.Dns;
import dev.jig.event.Endpoint;
import dev.jig.event.Flow;
import dev.jig.event.IpAddress;
import dev.jig.event.LookupRow;
import dev.jig.event.NameRow;
import dev.jig.event.Outcome;
import dev.jig.event.Owner;
import dev.jig.event.Protocol;
import dev.jig.event.Query;
import dev.jig.event.Response;
import dev.jig.event.Row;
import dev.jig.event.SampleEvents;
import dev.jig.event.SearchSource;
import dev.jig.event.State;
import dev.jig.event.Subject;
import dev.jig.event.Timeout;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/// Rows of every type: with all components set, and with none.
final class RowSamples {
  static final LookupRow LOOKUP = (LookupRow) SampleEvents.full();

  static final Query QUERY =
      new Query(
          LOOKUP.timestampNs(),
          LOOKUP.subject(),
          LOOKUP.flow(),
          LOOKUP.dns(),
          LOOKUP.cause(),
          LOOKUP.peer());

  static final Response RESPONSE = response(State.LATE, 5);

  static final Timeout TIMEOUT = timeout(State.CLOSED);

  static final NameRow NAME =
      new NameRow(
          LOOKUP.timestampNs(),
          LOOKUP.subject(),
          LOOKUP.flow(),
          LOOKUP.dns(),
          "www.",
          "www.example.com.",
          Outcome.NXDOMAIN,
          7,
          6,
          5,
          4,
          List.of(IpAddress.v4(1)),
          SearchSource.LEARNED,
          List.of(LOOKUP, LOOKUP));

  static final List<Row> FULL = List.of(QUERY, RESPONSE, TIMEOUT, LOOKUP, NAME);

  private RowSamples() {}

  static Response response(State state, long latencyNs) {
    return new Response(
        LOOKUP.timestampNs(),
        LOOKUP.subject(),
        LOOKUP.flow(),
        LOOKUP.dns(),
        state,
        latencyNs,
        LOOKUP.peer());
  }

  static Timeout timeout(State state) {
    return new Timeout(
        LOOKUP.timestampNs(),
        LOOKUP.subject(),
        LOOKUP.flow(),
        LOOKUP.dns(),
        state,
        LOOKUP.cause(),
        LOOKUP.peer());
  }

  /// Rows without any component that may be absent.
  static List<Row> bare() {
    Endpoint endpoint = new Endpoint(IpAddress.v4(0), 0);
    Flow flow = new Flow(endpoint, endpoint, Protocol.UDP, null, null);
    Dns dns = Dns.ofQuestion(0, null);
    Subject unknown = Subject.UNKNOWN;
    return List.of(
        new Query(0, unknown, flow, dns, null, null),
        new Response(0, unknown, flow, dns, State.ORPHAN, Row.NO_LATENCY, null),
        new Timeout(0, unknown, flow, dns, State.TIMEOUT, null, unknown));
  }

  static Row withSubject(Subject subject) {
    return QUERY.withSubject(subject);
  }

  static Subject inContainer(Container container) {
    return new Subject(null, container, SampleEvents.OWNER, Attribution.EXACT);
  }

  static Owner owner(int pid) {
    return new Owner(pid, pid, 0, 0, "comm-" + pid, 1, "init", 1, 2, 77, null);
  }

  /// Fails if a component has its type's default value, so that a codec that leaves it out would
  /// not be noticed. Peers are subjects like the row's own.
  static void assertEveryComponentIsSet(Object part, String path)
      throws ReflectiveOperationException {
    for (RecordComponent component : part.getClass().getRecordComponents()) {
      String name = path + "." + component.getName();
      component.getAccessor().setAccessible(true);
      Object value = component.getAccessor().invoke(part);
      assertThat(value).as(name).isNotNull().isNotIn(0, 0L, false, "", List.of(), Map.of());
      boolean optional = name.endsWith(".peer") || name.endsWith(".names");
      if (value instanceof Record nested && !(value instanceof IpAddress) && !optional) {
        assertEveryComponentIsSet(nested, name);
      } else if (value instanceof Collection<?> items) {
        for (Object item : items) {
          if (item instanceof Record nested && !(item instanceof IpAddress)) {
            assertEveryComponentIsSet(nested, name);
          }
        }
      }
    }
  }
}
