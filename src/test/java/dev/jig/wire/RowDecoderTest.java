package dev.jig.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.jig.event.Cause;
import dev.jig.event.Flags;
import dev.jig.event.Lookup;
import dev.jig.event.Row;
import dev.jig.wire.proto.RowProto;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What [RowDecoder] does with bytes that [RowEncoder] did not write.
final class RowDecoderTest {
  private final RowDecoder decoder = new RowDecoder(null);

  private static RowProto.RowBatch.Builder encoded(Row row) throws InvalidProtocolBufferException {
    return RowProto.RowBatch.parseFrom(new RowEncoder().encode(List.of(row))).toBuilder();
  }

  static Stream<Consumer<RowProto.Row.Builder>> invalidChanges() {
    return Stream.of(
        row -> row.setSubject(3),
        row -> row.setSubject(-1),
        row -> row.setPeer(3),
        row -> row.clearKind(),
        row -> row.setKindValue(99),
        row -> row.clearState(),
        row -> row.setState(RowProto.State.STATE_TIMEOUT),
        row -> row.setCause(cause("", RowProto.Place.PLACE_CLIENT)),
        row -> row.setCause(cause("no_socket", RowProto.Place.PLACE_CLIENT)),
        row -> row.setCause(cause("A\u001b", RowProto.Place.PLACE_CLIENT)),
        row -> row.setCause(cause("\u00c4", RowProto.Place.PLACE_CLIENT)),
        row -> row.setCause(cause("A".repeat(65), RowProto.Place.PLACE_CLIENT)),
        row -> row.setCause(cause("NO_SOCKET", RowProto.Place.PLACE_UNSPECIFIED)),
        row -> row.setCause(cause("NO_SOCKET", RowProto.Place.PLACE_PATH).setAtValue(9)),
        row -> row.clearFlow(),
        row -> row.setFlow(flow(row).clearProtocol()),
        row -> row.setFlow(flow(row).clearSource()),
        row -> row.setFlow(flow(row).setSourceName(9)),
        row -> row.setFlow(flow(row).setNameserver(ByteString.copyFromUtf8("12345"))),
        row -> row.setFlow(flow(row).setSource(flow(row).getSource().toBuilder().setPort(65_536))),
        row -> row.setFlow(flow(row).setSource(flow(row).getSource().toBuilder().setPort(-1))),
        row -> row.setDns(dns(row).setId(65_536)),
        row -> row.setDns(dns(row).setRcode(4_096)),
        row -> row.setDns(dns(row).setAnswerCount(-1)),
        row -> row.setDns(dns(row).addAddresses(ByteString.EMPTY)),
        row -> row.setDns(dns(row).setQuestion(question(row).setType(65_536))),
        row -> row.setDns(dns(row).setQuestion(question(row).setName("a\n."))),
        row -> row.setDns(dns(row).setQuestion(question(row).setName("é."))),
        row -> row.setDns(dns(row).setQuestion(question(row).setName("a".repeat(2_000)))));
  }

  private static RowProto.Cause.Builder cause(String reason, RowProto.Place at) {
    return RowProto.Cause.newBuilder().setReason(reason).setAt(at);
  }

  private static RowProto.Flow.Builder flow(RowProto.RowOrBuilder row) {
    return row.getFlow().toBuilder();
  }

  private static RowProto.Dns.Builder dns(RowProto.RowOrBuilder row) {
    return row.getDns().toBuilder();
  }

  private static RowProto.Question.Builder question(RowProto.RowOrBuilder row) {
    return row.getDns().getQuestion().toBuilder();
  }

  @ParameterizedTest
  @MethodSource("invalidChanges")
  void rejectsInvalidValues(Consumer<RowProto.Row.Builder> change)
      throws InvalidProtocolBufferException {
    RowProto.RowBatch.Builder batch = encoded(RowSamples.RESPONSE);
    assertThat(decoder.decode(batch.build().toByteString())).containsExactly(RowSamples.RESPONSE);
    RowProto.Row.Builder row = batch.getRows(0).toBuilder();
    change.accept(row);
    batch.setRows(0, row);
    ByteString invalid = batch.build().toByteString();

    assertThatThrownBy(() -> decoder.decode(invalid))
        .isInstanceOf(InvalidProtocolBufferException.class);
  }

  @Test
  void rejectsAnInvalidCauseOfAnAttempt() throws InvalidProtocolBufferException {
    RowProto.RowBatch.Builder batch = encoded(RowSamples.LOOKUP);
    RowProto.Row.Builder row = batch.getRows(0).toBuilder();
    RowProto.Cause.Builder cause = cause("a b", RowProto.Place.PLACE_CLIENT);
    RowProto.Lookup.Builder lookup = row.getLookup().toBuilder();
    lookup.setAttempts(0, lookup.getAttempts(0).toBuilder().setCause(cause));
    row.setLookup(lookup);
    ByteString invalid = batch.setRows(0, row).build().toByteString();

    assertThatThrownBy(() -> decoder.decode(invalid))
        .isInstanceOf(InvalidProtocolBufferException.class);
  }

  @Test
  void rejectsANameOfOtherRowsThanLookups() throws InvalidProtocolBufferException {
    RowProto.RowBatch.Builder batch = encoded(RowSamples.NAME);
    RowProto.Row row = batch.getRows(0);
    RowProto.Name.Builder nested = row.getName().toBuilder().setLookups(0, row);
    ByteString invalid = batch.setRows(0, row.toBuilder().setName(nested)).build().toByteString();

    assertThatThrownBy(() -> decoder.decode(invalid))
        .isInstanceOf(InvalidProtocolBufferException.class);
  }

  @Test
  void acceptsTheLongestReason() throws InvalidProtocolBufferException {
    String reason = "AZ_09".repeat(13).substring(0, 64);
    Row row = RowSamples.QUERY.withCause(new Cause(reason, Cause.Place.PATH));

    assertThat(decoder.decode(encoded(row).build().toByteString())).containsExactly(row);
  }

  @Test
  void rejectsMoreAttemptsThanALookupHas() throws InvalidProtocolBufferException {
    RowProto.RowBatch.Builder batch = encoded(RowSamples.LOOKUP);
    RowProto.Lookup.Builder lookup = batch.getRows(0).getLookup().toBuilder();
    for (int i = 0; i < Lookup.MAX_ATTEMPTS; i++) {
      lookup.addAttempts(lookup.getAttempts(0));
    }
    batch.setRows(0, batch.getRows(0).toBuilder().setLookup(lookup));

    assertThatThrownBy(() -> decoder.decode(batch.build().toByteString()))
        .isInstanceOf(InvalidProtocolBufferException.class);
  }

  @Test
  void ignoresUnknownFlagsAndFields() throws InvalidProtocolBufferException {
    RowProto.RowBatch.Builder batch = encoded(RowSamples.QUERY);
    RowProto.Row row = batch.getRows(0);
    batch.setRows(0, row.toBuilder().setDns(dns(row).setFlags(0xffffffff)));
    ByteString unknownField = ByteString.copyFrom(new byte[] {(byte) 0xf8, 1, 1});

    List<Row> rows = decoder.decode(batch.build().toByteString().concat(unknownField));

    assertThat(rows.getFirst().dns().flags()).isSameAs(Flags.ofBits(0x3f));
  }

  @Test
  void damagedBytesAreRowsOrRejected() {
    byte[] bytes = new RowEncoder().encode(RowSamples.FULL);
    Random random = new Random(1);
    int rejected = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = Damage.of(bytes, random);
      try {
        assertThat(decoder.decode(ByteString.copyFrom(damaged))).isNotNull();
      } catch (InvalidProtocolBufferException e) {
        rejected++;
      }
    }
    assertThat(rejected).isBetween(1_000, 19_999);
  }
}
