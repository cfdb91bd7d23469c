package dev.jig.output;

import dev.jig.event.Attempt;
import dev.jig.event.AttemptState;
import dev.jig.event.Attribution;
import dev.jig.event.Cause;
import dev.jig.event.Container;
import dev.jig.event.Container.Pod;
import dev.jig.event.Endpoint;
import dev.jig.event.EndpointName;
import dev.jig.event.EndpointNames;
import dev.jig.event.Flags;
import dev.jig.event.IpAddress;
import dev.jig.event.Lookup;
import dev.jig.event.Lookup.Upstream;
import dev.jig.event.Owner;
import dev.jig.event.PacketType;
import dev.jig.event.Protocol;
import dev.jig.event.Qr;
import dev.jig.event.Question;
import dev.jig.event.Row;
import dev.jig.event.SampleEvents;
import dev.jig.event.State;
import dev.jig.event.Subject;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Rows of every kind, with any of their parts absent. Several rows share a subject, and texts are
/// hostile.
final class RandomRows {
  private static final int SUBJECTS = 6;

  private static final List<String> REASONS =
      List.of("NETFILTER_DROP", "NO_SOCKET", "ECONNREFUSED", "UDP_CSUM", Cause.UNKNOWN);

  private final Random random;
  private final List<String> texts;
  private final List<Subject> subjects;

  /// @param texts used in addition to [HostileText#ALL]
  RandomRows(Random random, List<String> texts) {
    this.random = random;
    this.texts = Stream.concat(HostileText.ALL.stream(), texts.stream()).toList();
    this.subjects = Stream.generate(this::subject).limit(SUBJECTS).toList();
  }

  Row next() {
    Row row =
        SampleEvents.query()
            .with(it -> {
              it.timestampNs = random.nextLong();
              it.source = new Endpoint(address(), random.nextInt(1 << 16));
              it.destination = new Endpoint(address(), random.nextInt(1 << 16));
              it.protocol = any(Protocol.values());
              it.packetType = random.nextBoolean() ? any(PacketType.values()) : null;
              it.nameserver = random.nextBoolean() ? address() : null;
              it.qr = any(Qr.values());
              it.id = random.nextInt(1 << 16);
              it.question = question();
              it.flags = Flags.ofBits(random.nextInt());
              it.rcode = random.nextInt(1 << 12);
              it.latencyNs = random.nextBoolean() ? duration() : Row.NO_LATENCY;
              it.answerCount = random.nextInt(1 << 16);
              it.isOfType = random.nextBoolean();
              it.addresses = Stream.generate(this::address).limit(random.nextInt(4)).toList();
              it.state = any(State.values());
              it.cause = cause();
              it.peer = random.nextBoolean() ? any(subjects) : null;
              it.endpoints =
                  random.nextInt(3) == 0 ? new EndpointNames(name(), name(), name()) : null;
              it.lookup = random.nextInt(3) == 0 ? lookup() : null;
            })
            .build();
    return row.withSubject(any(subjects));
  }

  private Subject subject() {
    return new Subject(
        text(),
        random.nextBoolean() ? container() : null,
        random.nextInt(4) > 0 ? owner() : null,
        any(Attribution.values()));
  }

  private Container container() {
    Map<String, String> labels = Map.of("b" + text(), "2", "a", String.valueOf(text()));
    Pod pod = new Pod(text(), text(), text(), labels, text(), random.nextBoolean());
    return new Container(
        text(),
        String.valueOf(text()),
        text(),
        text(),
        text(),
        Map.of(),
        random.nextBoolean() ? pod : null);
  }

  private Owner owner() {
    return new Owner(
        random.nextInt(1 << 22),
        random.nextInt(2), // collides often
        random.nextInt() & 0xffffffffL,
        random.nextInt() & 0xffffffffL,
        String.valueOf(text()),
        String.valueOf(text()),
        random.nextInt(1 << 22),
        String.valueOf(text()),
        random.nextLong(),
        random.nextLong() >>> random.nextInt(64),
        0,
        random.nextBoolean() ? new Owner.Paths(text(), text(), text()) : null,
        random.nextBoolean() ? new Owner.Account(text(), text()) : null,
        random.nextBoolean() ? random.nextLong() : 0);
  }

  private @Nullable Question question() {
    return random.nextInt(8) == 0
        ? null
        : new Question(String.valueOf(text()), random.nextInt(300));
  }

  private Lookup lookup() {
    Attempt attempt =
        new Attempt(
            1,
            any(Protocol.values()),
            address(),
            2,
            any(AttemptState.values()),
            cause(),
            Math.abs(duration()),
            null,
            0);
    return new Lookup(
        random.nextInt(4),
        random.nextBoolean() ? List.of(attempt, attempt) : List.of(),
        random.nextBoolean() ? any(State.values()) : null,
        random.nextBoolean()
            ? new Upstream(duration(), address(), random.nextBoolean() ? duration() : null)
            : null,
        random.nextBoolean() ? duration() : null);
  }

  private @Nullable Cause cause() {
    return random.nextBoolean() ? null : new Cause(any(REASONS), any(Cause.Place.values()));
  }

  private long duration() {
    return random.nextInt(8) == 0 ? 0 : random.nextLong() >> 1 + random.nextInt(62);
  }

  private IpAddress address() {
    return random.nextBoolean()
        ? IpAddress.v4(random.nextInt())
        : IpAddress.v6(random.nextLong(), random.nextInt(2) * random.nextLong());
  }

  private @Nullable EndpointName name() {
    return random.nextBoolean()
        ? null
        : new EndpointName(
            any(EndpointName.Kind.values()), String.valueOf(text()), String.valueOf(text()));
  }

  private @Nullable String text() {
    return random.nextInt(6) == 0 ? null : any(texts);
  }

  private <T> T any(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private <T> T any(T[] values) {
    return values[random.nextInt(values.length)];
  }
}
