package dev.jig.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/// All sections against dnsjava: on records of every type, and on messages damaged after they were
/// written. `-Drecords.damaged=N` takes N damaged messages in place of 200,000 and prints what came
/// of them.
final class RecordOracleTest {
  private static final int DAMAGED = Integer.getInteger("records.damaged", 200_000);
  private static final int OF_EACH_TYPE = 50;
  private static final int OF_EACH_MESSAGE = 10;
  private static final Duration LONGEST = Duration.ofSeconds(5);

  private static final String BOTH = "both accept, and agree";
  private static final String NEITHER = "neither accepts";

  private final MessageDecoder decoder = new MessageDecoder();

  static List<String> types() {
    return RandomData.types().stream().map(Type::string).toList();
  }

  @ParameterizedTest
  @MethodSource("types")
  void writesWhatDnsjavaUnderstandsAsTheSameRecord(String type) throws IOException {
    Random random = new Random(Type.value(type));
    for (int i = 0; i < OF_EACH_TYPE; i++) {
      byte[] wire = RandomRecords.ofType(Type.value(type), random).toWire();

      DecodedMessage decoded = decoder.decode(wire, 0, wire.length, Dialect.DNS);

      assertThat(decoded.damage()).as(HexFormat.of().formatHex(wire)).isNull();
      Oracle.of(wire).assertAgreesWith(decoded);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AAAA", "TXT", "SPF", "HINFO", "NAPTR", "CAA", "URI", "APL", "A6", "SVCB", "HTTPS", "HIP"
      })
  void writesWhatDnsjavaReadsBackWhereItsOwnTextDiffers(String type) throws IOException {
    Random random = new Random(Type.value(type));
    int readBack = 0;
    for (int i = 0; i < OF_EACH_TYPE; i++) {
      byte[] wire = RandomRecords.ofType(Type.value(type), random).toWire();
      DecodedMessage decoded = decoder.decode(wire, 0, wire.length, Dialect.DNS);
      List<Record> theirs = Oracle.of(wire).answers();
      for (int record = 0; record < theirs.size(); record++) {
        boolean asked = Oracle.assertReadsBack(decoded.answers().get(record), theirs.get(record));
        readBack += asked ? 1 : 0;
      }
    }

    assertThat(readBack).isGreaterThan(OF_EACH_TYPE / 2);
  }

  @Test
  void readsWholeMessagesOfAllTypes() throws IOException {
    Random random = new Random(5);
    for (int i = 0; i < 3_000; i++) {
      byte[] wire = RandomRecords.wire(random);

      DecodedMessage decoded = decoder.decode(wire, 0, wire.length, Dialect.DNS);

      assertThat(decoded.damage()).as(HexFormat.of().formatHex(wire)).isNull();
      Oracle.of(wire).assertAgreesWith(decoded);
    }
  }

  @Test
  void agreesOnDamagedMessagesThatBothAccept() {
    Random random = new Random(Long.getLong("records.seed", 9460));
    Map<String, Integer> outcomes = new TreeMap<>();
    long longestNs = 0;
    byte[] whole = {};
    for (int i = 0; i < DAMAGED; i++) {
      whole = i % OF_EACH_MESSAGE == 0 ? RandomRecords.wire(random) : whole;
      byte[] wire = RandomMessages.damaged(whole, random);
      long begin = System.nanoTime();
      DecodedMessage decoded = decoder.decode(wire, 0, wire.length, Dialect.DNS);
      longestNs = Math.max(longestNs, System.nanoTime() - begin);
      outcomes.merge(outcome(wire, decoded), 1, Integer::sum);
    }

    if (System.getProperty("records.damaged") != null) {
      System.out.printf("%d damaged messages, longest %d µs%n", DAMAGED, longestNs / 1000);
      outcomes.forEach((outcome, count) -> System.out.printf("%9d %s%n", count, outcome));
    }
    assertThat(longestNs).isLessThan(LONGEST.toNanos());
    assertThat(outcomes).containsKeys(BOTH, NEITHER);
  }

  private static String outcome(byte[] wire, DecodedMessage decoded) {
    Damage damage = decoded.damage();
    Damage refusal =
        damage == null || damage.reason() == Malformation.TRAILING_BYTES ? null : damage;
    Oracle oracle;
    try {
      oracle = Oracle.of(wire);
    } catch (IOException | IllegalArgumentException e) {
      String why = String.valueOf(e.getMessage()).replaceAll("\".*|-?\\d.*", "…");
      return refusal == null ? "only we: " + why : NEITHER;
    }
    if (refusal != null) {
      return "only dnsjava: " + refusal.reason() + " in " + oracle.typeAt(refusal.offset());
    }
    oracle.assertAgreesWith(decoded);
    return BOTH;
  }
}
