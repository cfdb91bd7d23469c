package dev.jig.event;

import dev.jig.event.Lookup.Upstream;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Events for tests: the lookup of `example.org.` that the documentation shows, and variations.
public final class SampleEvents {
  public static final IpAddress CLIENT = IpAddress.v4(0xc0000202);
  public static final IpAddress RESOLVER = IpAddress.v4(0xc6336404);

  private static final IpAddress IPV4 = IpAddress.v4(0xc0000201);
  private static final IpAddress IPV6 = IpAddress.v6(0x20010db800000001L, 0x8000000000000068L);

  public static final Container POD =
      new Container(
          "containerd",
          "c0ffee".repeat(10),
          "app",
          "registry.example/app:1",
          "sha256:12",
          Map.of("a", "1"),
          new Container.Pod(
              "demo", "mypod", "uid-1", Map.of("app", "web", "tier", "é"), "main", true));

  public static final Owner OWNER =
      new Owner(
          1,
          2,
          4_294_967_294L,
          4_294_967_295L,
          "thr\u001bead \"\\\ud83d\ude00",
          "process",
          3,
          "parent",
          4026533000L,
          4026533005L,
          77L,
          new Owner.Paths("/bin/app", "/srv", "/bin/app --x y"),
          new Owner.Account("www-data", "www"),
          1_706_961_900_000_000_000L);

  private SampleEvents() {}

  /// A query as its client sends it.
  public static Builder query() {
    return new Builder();
  }

  /// The response to [#query] as the client receives it.
  public static Builder response() {
    Builder response = new Builder();
    response.source = new Endpoint(RESOLVER, 53);
    response.destination = new Endpoint(CLIENT, 43210);
    response.packetType = PacketType.HOST;
    response.qr = Qr.R;
    response.rcode = 0;
    response.latencyNs = 18_250_000L;
    response.answerCount = 2;
    response.isOfType = true;
    response.addresses = List.of(IpAddress.v4(0xc0000268), IpAddress.v6(0x20010db800000000L, 0x68));
    response.flags = Flags.of(false, false, true, true, false, false);
    response.state = State.ANSWERED;
    return response;
  }

  /// A lookup with every component set.
  public static Row full() {
    return response()
        .with(it -> {
          it.container = POD;
          it.owner = OWNER;
          it.attribution = Attribution.SOCKET;
          it.source = new Endpoint(IPV6, 43210);
          it.destination = new Endpoint(IPV4, 53);
          it.protocol = Protocol.TCP;
          it.packetType = PacketType.KERNEL;
          it.nameserver = IPV6;
          it.id = 0xffff;
          it.rcode = 16;
          it.state = State.LATE;
          it.cause = new Cause("NETFILTER_DROP", Cause.Place.CLIENT);
          it.node = "node-1";
          it.peer =
              new Subject(
                  "node-1",
                  new Container(null, "beef", "dns", null, null, Map.of("b", "2"), null),
                  new Owner(5, 6, 7, 8, "dnsmasq", 9, "init", 10, 11, 12, null),
                  Attribution.EXACT);
          it.message = WireMessage.of(new byte[] {9, -1, 0, 7}, 1, 3);
          it.endpoints =
              new EndpointNames(
                  new EndpointName(EndpointName.Kind.POD, "demo", "mypod"),
                  null,
                  new EndpointName(EndpointName.Kind.SERVICE, "kube-system", "kube-dns"));
          it.lookup =
              new Lookup(
                  2,
                  List.of(
                      new Attempt(
                          17,
                          Protocol.TCP,
                          IPV4,
                          9,
                          AttemptState.LATE,
                          new Cause("NO_SOCKET", Cause.Place.SERVER),
                          5,
                          3,
                          2)),
                  State.CLOSED,
                  new Upstream(3L, IPV6, 2L),
                  19L);
        })
        .build();
  }

  public static Container container(String name) {
    return new Container(
        "docker", "b176".repeat(16), name, "wbitt/network-multitool", null, Map.of(), null);
  }

  public static Owner owner(String comm) {
    return new Owner(
        38797, 38798, 0, 0, comm, 38700, "sh", 4026533000L, 4026533005L, 77_000_000_000L, null);
  }

  /// Builds a variation of a sample event.
  public static final class Builder {
    public long timestampNs = 1706961906123456789L;
    public @Nullable Container container = container("test-trace-dns");
    public @Nullable Owner owner = owner("isc-net-0000");
    public Attribution attribution = Attribution.EXACT;
    public Endpoint source = new Endpoint(CLIENT, 43210);
    public Endpoint destination = new Endpoint(RESOLVER, 53);
    public Protocol protocol = Protocol.UDP;
    public @Nullable PacketType packetType = PacketType.OUTGOING;
    public @Nullable IpAddress nameserver = RESOLVER;
    public Qr qr = Qr.Q;
    public int id = 0x3c1f;
    public @Nullable Question question = new Question("example.org.", 1);
    public Flags flags = Flags.of(false, false, true, false, false, false);
    public int rcode;
    public long latencyNs = Row.NO_LATENCY;
    public int answerCount;
    public List<IpAddress> addresses = List.of();
    public @Nullable State state;
    public @Nullable Cause cause;
    public @Nullable String node;
    public @Nullable Subject peer;
    public boolean isOfType;
    public @Nullable WireMessage message;
    public @Nullable EndpointNames endpoints;
    public @Nullable Lookup lookup;

    /// Applies a change.
    public Builder with(Consumer<Builder> change) {
      change.accept(this);
      return this;
    }

    /// The row as a query.
    public Query buildQuery() {
      return (Query) build();
    }

    /// A [LookupRow] if [#lookup] is set, else the row that [#qr] names.
    public Row build() {
      Subject subject = new Subject(node, container, owner, attribution);
      Flow flow = new Flow(source, destination, protocol, packetType, nameserver, endpoints);
      Dns dns = new Dns(id, question, flags, rcode, answerCount, isOfType, addresses, message);
      State how = state == null ? State.ORPHAN : state;
      if (lookup != null) {
        return new LookupRow(timestampNs, subject, flow, dns, how, cause, latencyNs, peer, lookup);
      }
      return switch (qr) {
        case Q -> new Query(timestampNs, subject, flow, dns, cause, peer);
        case R -> new Response(timestampNs, subject, flow, dns, how, latencyNs, peer);
        case T -> new Timeout(timestampNs, subject, flow, dns, how, cause, peer);
      };
    }
  }
}
