package dev.jig.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/// The last message of a zone transfer. A letter is a record: `a` an address, a digit the SOA with
/// that serial; a blank begins the next message.
final class ZoneTransferTest {
  private static final Name ZONE = Name.fromConstantString("example.test.");

  @ParameterizedTest
  @CsvSource({
    "3aa3, 1",
    "3 a a 3, 4",
    "3 aa3, 2",
    "33, 1",
    "3 3, 2",
    "3, 0",
    "3a a1a a, 0",
  })
  void axfrEndsWithTheSecondSoa(String records, int last) {
    assertThat(lastOf(Type.AXFR, 0, records)).isEqualTo(last);
  }

  @ParameterizedTest
  @CsvSource({
    "31a3a3, 1", // one step
    "31a2a2a3a3, 1", // two steps
    "3 1 a 3 a 3, 6", // a record a message
    "3 1a2a 2a3a 3, 4",
    "3 1a 3a, 0", // cut before its end
    "3aa3, 1", // the whole zone
    "3 a a3, 3",
    "3 3, 2", // a zone with an SOA only
  })
  void ixfrEndsWithTheThirdSoaOfTheNewSerial(String records, int last) {
    assertThat(lastOf(Type.IXFR, 1, records)).isEqualTo(last);
  }

  @ParameterizedTest
  @CsvSource({"3, 3", "3, 4", "3, 4294967295"})
  void ixfrEndsWithASingleSoaIfTheClientIsUpToDate(String records, long serial) {
    boolean upToDate = serial != 4294967295L; // older than 3 in serial arithmetic
    assertThat(lastOf(Type.IXFR, serial, records)).isEqualTo(upToDate ? 1 : 0);
  }

  @ParameterizedTest
  @CsvSource({"AXFR, 9", "IXFR, 4", "AXFR, 1"})
  void endsWithAnError(String type, int rcode) {
    ZoneTransfer transfer = askedBy(Type.value(type), 1);
    Message refused = response(Type.value(type), "");
    refused.getHeader().setRcode(rcode);
    assertThat(transfer.onResponse(read(refused))).isTrue();
  }

  @Test
  void endsWithALaterError() {
    ZoneTransfer transfer = askedBy(Type.AXFR, 0);
    assertThat(transfer.onResponse(read(response(Type.AXFR, "3aa")))).isFalse();
    Message failed = response(Type.AXFR, "");
    failed.getHeader().setRcode(2);
    assertThat(transfer.onResponse(read(failed))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"''", "a", "a3a3"})
  void endsWithAResponseWithoutSoa(String records) {
    assertThat(askedBy(Type.AXFR, 0).onResponse(read(response(Type.AXFR, records)))).isTrue();
  }

  @Test
  void continuesWithAMessageWithoutQuestion() {
    ZoneTransfer transfer = askedBy(Type.AXFR, 0);
    assertThat(transfer.onResponse(read(response(Type.AXFR, "3a")))).isFalse();
    Message next = response(Type.AXFR, "a3");
    next.removeAllRecords(Section.QUESTION);
    assertThat(transfer.onResponse(read(next))).isTrue();
  }

  @Test
  void ignoresOtherQueries() {
    assertThat(ZoneTransfer.requestedBy(read(Message.newQuery(question(Type.SOA))))).isNull();
  }

  /// From 1; 0 if there is none.
  private static int lastOf(int type, long serial, String records) {
    ZoneTransfer transfer = askedBy(type, serial);
    int message = 0;
    for (String part : records.split(" ", -1)) {
      message++;
      if (transfer.onResponse(read(response(type, part)))) {
        return message;
      }
    }
    return 0;
  }

  private static ZoneTransfer askedBy(int type, long serial) {
    Message query = Message.newQuery(question(type));
    if (type == Type.IXFR) {
      query.addRecord(soa(serial), Section.AUTHORITY);
    }
    return Objects.requireNonNull(ZoneTransfer.requestedBy(read(query)));
  }

  private static Record question(int type) {
    return Record.newRecord(ZONE, type, DClass.IN);
  }

  private static Message response(int type, String records) {
    Message response = new Message(7);
    response.getHeader().setFlag(Flags.QR);
    response.addRecord(question(type), Section.QUESTION);
    for (Record one : records(records)) {
      response.addRecord(one, Section.ANSWER);
    }
    return response;
  }

  private static List<Record> records(String letters) {
    List<Record> records = new ArrayList<>();
    for (int i = 0; i < letters.length(); i++) {
      char letter = letters.charAt(i);
      // each owner its own: dnsjava keeps a set of records together
      Name owner = Name.fromConstantString("n" + records.size() + ".example.test.");
      records.add(
          letter == 'a'
              ? new ARecord(owner, DClass.IN, 60, InetAddress.ofLiteral("192.0.2.1"))
              : soa(letter - '0'));
    }
    return records;
  }

  private static Record soa(long serial) {
    Name host = Name.fromConstantString("ns.example.test.");
    return new SOARecord(ZONE, DClass.IN, 60, host, host, serial, 1, 2, 3, 4);
  }

  private static DnsMessage read(Message message) {
    byte[] wire = message.toWire();
    DnsMessage read = new DnsMessage();
    assertThat(read.wrap(wire, 0, wire.length)).isTrue();
    return read;
  }
}
