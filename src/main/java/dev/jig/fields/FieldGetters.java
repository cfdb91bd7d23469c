package dev.jig.fields;

import dev.jig.dns.Rcode;
import dev.jig.event.Container;
import dev.jig.event.Container.Pod;
import dev.jig.event.EndpointName;
import dev.jig.event.EndpointNames;
import dev.jig.event.IpAddress;
import dev.jig.event.Lookup;
import dev.jig.event.Lookup.Upstream;
import dev.jig.event.NameRow;
import dev.jig.event.Owner;
import dev.jig.event.Qr;
import dev.jig.event.Question;
import dev.jig.event.Row;
import dev.jig.event.Subject;
import dev.jig.fields.FieldValue.Duration;
import dev.jig.fields.FieldValue.Getter;
import dev.jig.fields.FieldValue.Instant;
import dev.jig.fields.FieldValue.Int;
import dev.jig.fields.FieldValue.Text;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Getters for the catalogue that handle absent parts of a row.
final class FieldGetters {
  private FieldGetters() {}

  static Text container(Getter<Container, String> get) {
    return new Text(row -> from(row.subject().container(), get));
  }

  static Text pod(Getter<Pod, String> get) {
    return new Text(row -> fromPod(row.subject(), get));
  }

  static <T> @Nullable T fromPod(Subject subject, Getter<Pod, T> get) {
    Container container = subject.container();
    return container == null ? null : from(container.pod(), get);
  }

  static Int ownerNumber(ToLongFunction<Owner> get) {
    return new Int(
        row -> row.subject().owner() != null,
        row -> row.subject().owner() == null ? 0 : get.applyAsLong(row.subject().owner()));
  }

  static Text ownerText(Getter<Owner, String> get) {
    return new Text(row -> from(row.subject().owner(), get));
  }

  /// A user or group name; absent inside containers, where the same id may have another name.
  static Text hostAccountName(Getter<Owner.Account, String> get) {
    return new Text(row -> {
      Owner owner = row.subject().container() == null ? row.subject().owner() : null;
      return owner == null ? null : from(owner.account(), get);
    });
  }

  static Instant startTime() {
    return new Instant(
        row -> row.subject().owner() != null && row.subject().owner().startEpochNs() != 0,
        row -> row.subject().owner() == null ? 0 : row.subject().owner().startEpochNs());
  }

  static @Nullable String fromPaths(Owner owner, Getter<Owner.Paths, String> get) {
    return from(owner.paths(), get);
  }

  static Int peerNumber(ToLongFunction<Owner> get) {
    return new Int(
        row -> peerOwner(row) != null,
        row -> {
          Owner owner = peerOwner(row);
          return owner == null ? 0 : get.applyAsLong(owner);
        });
  }

  static Text peerText(Getter<Owner, String> get) {
    return new Text(row -> from(peerOwner(row), get));
  }

  private static @Nullable Owner peerOwner(Row row) {
    Subject peer = row.peer();
    return peer == null ? null : peer.owner();
  }

  static Text peerContainer(Getter<Container, String> get) {
    return new Text(row -> row.peer() == null ? null : from(row.peer().container(), get));
  }

  static Text peerPod(Getter<Pod, String> get) {
    return new Text(row -> row.peer() == null ? null : fromPod(row.peer(), get));
  }

  static Getter<Row, EndpointName> endpoint(Getter<EndpointNames, EndpointName> get) {
    return row -> from(row.flow().names(), get);
  }

  static Int integer(ToLongFunction<Row> get) {
    return new Int(row -> true, get);
  }

  static Duration latency() {
    return new Duration(row -> row.latencyNs() != Row.NO_LATENCY, Row::latencyNs);
  }

  static Int tries() {
    return new Int(
        row -> row.lookup() != null, row -> row.lookup() == null ? 0 : row.lookup().tries());
  }

  static <T> @Nullable T fromLookup(Row row, Getter<Lookup, T> get) {
    return from(row.lookup(), get);
  }

  static <T> @Nullable T fromUpstream(Row row, Getter<Upstream, T> get) {
    return from(fromLookup(row, Lookup::upstream), get);
  }

  static Duration upstreamTime(Getter<Upstream, Long> get) {
    return time(row -> fromUpstream(row, get));
  }

  static Duration lookupTime(Getter<Lookup, Long> get) {
    return time(row -> fromLookup(row, get));
  }

  private static Duration time(Getter<Row, Long> get) {
    return new Duration(
        row -> get.of(row) != null,
        row -> {
          Long time = get.of(row);
          return time == null ? 0 : time;
        });
  }

  static <T> @Nullable T fromName(Row row, Getter<NameRow, T> get) {
    return row instanceof NameRow name ? get.of(name) : null;
  }

  static Int nameCount(ToLongFunction<NameRow> get) {
    return new Int(
        row -> row instanceof NameRow,
        row -> row instanceof NameRow name ? get.applyAsLong(name) : 0);
  }

  /// The name that was wanted, else the one that was asked.
  static @Nullable String name(Row row) {
    return row instanceof NameRow name ? name.name() : fromQuestion(row, Question::name);
  }

  static List<IpAddress> addresses(Row row) {
    return row instanceof NameRow name ? name.addresses() : row.dns().addresses();
  }

  static @Nullable String fromQuestion(Row row, Getter<Question, String> get) {
    return from(row.dns().question(), get);
  }

  static @Nullable String rcode(Row row) {
    return row.qr() == Qr.R ? Rcode.mnemonic(row.dns().rcode()) : null;
  }

  private static <F, T> @Nullable T from(@Nullable F part, Getter<F, T> get) {
    return part == null ? null : get.of(part);
  }

  static @Nullable String nameOf(@Nullable Enum<?> constant) {
    return constant == null ? null : constant.name();
  }

  static @Nullable String lowerCase(@Nullable Enum<?> constant) {
    return constant == null ? null : constant.name().toLowerCase(Locale.ROOT);
  }
}
