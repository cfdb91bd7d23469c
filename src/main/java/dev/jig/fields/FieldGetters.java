package dev.jig.fields;

import dev.jig.dns.Rcode;
import dev.jig.event.Container;
import dev.jig.event.Container.Pod;
import dev.jig.event.Row;
import dev.jig.event.Question;
import dev.jig.event.EndpointName;
import dev.jig.event.EndpointNames;
import dev.jig.event.Lookup;
import dev.jig.event.Lookup.Upstream;
import dev.jig.event.Owner;
import dev.jig.fields.FieldValue.Duration;
import dev.jig.fields.FieldValue.Getter;
import dev.jig.fields.FieldValue.Instant;
import dev.jig.fields.FieldValue.Int;
import dev.jig.fields.FieldValue.Text;
import java.util.Locale;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Getters for the catalogue that handle absent parts of an event.
final class FieldGetters {
  private FieldGetters() {}

  static Text container(Getter<Container, String> get) {
    return new Text(event -> event.container() == null ? null : get.of(event.container()));
  }

  static Text pod(Getter<Pod, String> get) {
    return new Text(event -> fromPod(event, get));
  }

  static <T> @Nullable T fromPod(Row event, Getter<Pod, T> get) {
    Container container = event.container();
    Pod pod = container == null ? null : container.pod();
    return pod == null ? null : get.of(pod);
  }

  static Int ownerNumber(ToLongFunction<Owner> get) {
    return new Int(
        event -> event.owner() != null,
        event -> event.owner() == null ? 0 : get.applyAsLong(event.owner()));
  }

  static Text ownerText(Getter<Owner, String> get) {
    return new Text(event -> event.owner() == null ? null : get.of(event.owner()));
  }

  /// A user or group name; absent inside containers, where the same id may have another name.
  static Text hostAccountName(Getter<Owner.Account, String> get) {
    return new Text(event -> {
      Owner owner = event.container() == null ? event.owner() : null;
      Owner.Account account = owner == null ? null : owner.account();
      return account == null ? null : get.of(account);
    });
  }

  static Instant startTime() {
    return new Instant(
        event -> event.owner() != null && event.owner().startEpochNs() != 0,
        event -> event.owner() == null ? 0 : event.owner().startEpochNs());
  }

  static @Nullable String fromPaths(Owner owner, Getter<Owner.Paths, String> get) {
    Owner.Paths paths = owner.paths();
    return paths == null ? null : get.of(paths);
  }

  static Int peerNumber(ToLongFunction<Owner> get) {
    return new Int(
        event -> event.peer() != null,
        event -> event.peer() == null ? 0 : get.applyAsLong(event.peer().owner()));
  }

  static Text peerText(Getter<Owner, String> get) {
    return new Text(event -> event.peer() == null ? null : get.of(event.peer().owner()));
  }

  static Text peerContainer(Getter<Container, String> get) {
    return new Text(event -> {
      Container container = event.peer() == null ? null : event.peer().container();
      return container == null ? null : get.of(container);
    });
  }

  static Text peerPod(Getter<Pod, String> get) {
    return peerContainer(container -> container.pod() == null ? null : get.of(container.pod()));
  }

  static Getter<Row, EndpointName> endpoint(Getter<EndpointNames, EndpointName> get) {
    return event -> event.endpoints() == null ? null : get.of(event.endpoints());
  }

  static Int integer(ToLongFunction<Row> get) {
    return new Int(event -> true, get);
  }

  static Duration latency() {
    return new Duration(
        event -> event.latencyNs() != null,
        event -> event.latencyNs() == null ? 0 : event.latencyNs());
  }

  static Int tries() {
    return new Int(
        event -> event.lookup() != null,
        event -> event.lookup() == null ? 0 : event.lookup().tries());
  }

  static <T> @Nullable T fromLookup(Row event, Getter<Lookup, T> get) {
    Lookup lookup = event.lookup();
    return lookup == null ? null : get.of(lookup);
  }

  static <T> @Nullable T fromUpstream(Row event, Getter<Upstream, T> get) {
    Upstream hop = fromLookup(event, Lookup::upstream);
    return hop == null ? null : get.of(hop);
  }

  static Duration upstreamTime(Getter<Upstream, Long> get) {
    return new Duration(
        event -> fromUpstream(event, get) != null,
        event -> {
          Long time = fromUpstream(event, get);
          return time == null ? 0 : time;
        });
  }

  static @Nullable String fromQuestion(Row event, Getter<Question, String> get) {
    Question question = event.question();
    return question == null ? null : get.of(question);
  }

  static @Nullable String rcodeMnemonic(@Nullable Integer rcode) {
    return rcode == null ? null : Rcode.mnemonic(rcode);
  }

  static @Nullable String nameOf(@Nullable Enum<?> constant) {
    return constant == null ? null : constant.name();
  }

  static @Nullable String lowerCase(@Nullable Enum<?> constant) {
    return constant == null ? null : constant.name().toLowerCase(Locale.ROOT);
  }
}
