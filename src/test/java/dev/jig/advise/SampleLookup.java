package dev.jig.advise;

import dev.jig.dns.Rcode;
import dev.jig.dns.RecordType;
import dev.jig.event.Attempt;
import dev.jig.event.AttemptState;
import dev.jig.event.Attribution;
import dev.jig.event.Cause;
import dev.jig.event.Dns;
import dev.jig.event.Endpoint;
import dev.jig.event.Flags;
import dev.jig.event.Flow;
import dev.jig.event.IpAddress;
import dev.jig.event.Lookup;
import dev.jig.event.LookupRow;
import dev.jig.event.Owner;
import dev.jig.event.PacketType;
import dev.jig.event.Protocol;
import dev.jig.event.Question;
import dev.jig.event.Row;
import dev.jig.event.State;
import dev.jig.event.Subject;
import dev.jig.event.WireMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Builds lookups for tests of rules. Each try follows the one before.
public final class SampleLookup {
  public static final IpAddress SERVER = IpAddress.v4(0x0a000001);
  public static final IpAddress OTHER_SERVER = IpAddress.v4(0x0a000002);

  private static final long MS = 1_000_000;
  private static final Flags RECURSION_DESIRED = Flags.of(false, false, true, true, false, false);

  private long timestampNs = 1_800_000_000_000_000_000L;
  private int pid = 100;
  private String comm = "app";
  private String name = "www.example.com.";
  private int type = RecordType.A;
  private @Nullable State twinState;
  private boolean isOfType = true;
  private int ednsSize = Attempt.NO_EDNS;
  private boolean isConflicting;
  private @Nullable WireMessage message;
  private @Nullable Subject peer;
  private Lookup.@Nullable Upstream upstream;
  private final List<Attempt> attempts = new ArrayList<>();

  public SampleLookup at(long ms) {
    timestampNs += ms * MS;
    return this;
  }

  public SampleLookup process(int newPid, String newComm) {
    pid = newPid;
    comm = newComm;
    return this;
  }

  public SampleLookup name(String newName) {
    name = newName;
    return this;
  }

  public SampleLookup aaaa() {
    type = RecordType.AAAA;
    return this;
  }

  /// Tries from now on have an OPT record; 0: none.
  public SampleLookup edns(int size) {
    ednsSize = size == 0 ? Attempt.NO_EDNS : size;
    return this;
  }

  /// The answer's bytes.
  public SampleLookup message(byte[] bytes) {
    message = WireMessage.of(bytes, 0, bytes.length);
    return this;
  }

  /// A process of this machine answers.
  public SampleLookup answeredBy(int serverPid, String serverComm) {
    peer = new Subject(null, null, owner(serverPid, serverComm), Attribution.EXACT);
    return this;
  }

  /// It asks this server in turn.
  public SampleLookup upstream(IpAddress server, long ms) {
    upstream = new Lookup.Upstream(ms * MS, server, ms * MS);
    return this;
  }

  /// A second answer, which differs from the first.
  public SampleLookup conflicting() {
    isConflicting = true;
    return answered();
  }

  /// With a twin in this state.
  public SampleLookup twin(State state) {
    twinState = state;
    return this;
  }

  public SampleLookup answered(IpAddress server, long ms, int rcode) {
    isOfType = rcode == Rcode.NO_ERROR;
    return add(server, Protocol.UDP, AttemptState.ANSWERED, ms, rcode, null);
  }

  public SampleLookup answered() {
    return answered(SERVER, 1, Rcode.NO_ERROR);
  }

  public SampleLookup truncated(IpAddress server) {
    return add(server, Protocol.UDP, AttemptState.TRUNCATED, 1, Rcode.NO_ERROR, null);
  }

  /// A try without an answer.
  ///
  /// @param reason of the kernel; null where it said nothing
  public SampleLookup unanswered(
      IpAddress server, AttemptState state, long ms, @Nullable String reason) {
    return add(server, Protocol.UDP, state, ms, null, cause(reason));
  }

  /// Answered after the lookup had ended.
  public SampleLookup late(IpAddress server, long ms, int rcode) {
    return add(server, Protocol.UDP, AttemptState.LATE, ms, rcode, null);
  }

  /// The answer comes after the client has closed its socket.
  public SampleLookup answeredInVain(IpAddress server, long ms) {
    Cause cause = new Cause("NO_SOCKET", Cause.Place.CLIENT);
    return add(server, Protocol.UDP, AttemptState.CLOSED, ms, null, cause);
  }

  public SampleLookup tcp(IpAddress server, AttemptState state, long ms, @Nullable Integer rcode) {
    return add(server, Protocol.TCP, state, ms, rcode, null);
  }

  private static @Nullable Cause cause(@Nullable String reason) {
    return reason == null
        ? null
        : new Cause(
            reason, reason.equals("NETFILTER_DROP") ? Cause.Place.CLIENT : Cause.Place.SERVER);
  }

  private SampleLookup add(
      IpAddress server,
      Protocol protocol,
      AttemptState state,
      long ms,
      @Nullable Integer rcode,
      @Nullable Cause cause) {
    long atNs =
        attempts.isEmpty()
            ? timestampNs
            : attempts.getLast().timestampNs() + attempts.getLast().durationNs();
    attempts.add(
        new Attempt(
            atNs,
            protocol,
            server,
            7,
            state,
            cause,
            ms * MS,
            rcode,
            rcode == null ? 0 : 1,
            ednsSize));
    return this;
  }

  public LookupRow build() {
    Attempt last = attempts.getLast();
    IpAddress server = Objects.requireNonNull(last.nameserver());
    boolean answered = last.state().hasResponse();
    Flow flow =
        new Flow(
            new Endpoint(IpAddress.v4(0x0a000064), 40_000),
            new Endpoint(server, 53),
            last.protocol(),
            PacketType.OUTGOING,
            server);
    Question question = new Question(name, type);
    Integer rcode = last.rcode();
    Dns dns =
        rcode != null
            ? new Dns(7, question, RECURSION_DESIRED, rcode, 1, isOfType, List.of(), message)
            : Dns.ofQuestion(7, question);
    long endNs = last.timestampNs() + last.durationNs();
    return new LookupRow(
        timestampNs,
        new Subject(null, null, owner(pid, comm), Attribution.EXACT),
        flow,
        dns,
        isConflicting ? State.CONFLICTING : stateOf(last.state()),
        answered ? null : last.cause(),
        answered ? endNs - timestampNs : Row.NO_LATENCY,
        peer,
        new Lookup(attempts.size(), attempts, twinState, upstream, null));
  }

  private static State stateOf(AttemptState state) {
    return switch (state) {
      case ANSWERED, TRUNCATED -> State.ANSWERED;
      case LATE -> State.LATE;
      case CLOSED -> State.CLOSED;
      case REPEATED, TIMEOUT, WAITING -> State.TIMEOUT;
    };
  }

  private static Owner owner(int pid, String comm) {
    return new Owner(pid, pid, 0, 0, comm, comm, 1, "sh", 1, 2, pid * 1_000L, null, null, 0);
  }
}
