package dev.jig.golden;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;

/// DNS messages of the golden inputs, encoded by dnsjava: independent of our decoder.
public final class Messages {
  private static final int TTL = 300;

  private Messages() {}

  public static byte[] query(int id, String name, int type) {
    return question(id, name, type).toWire();
  }

  public static byte[] response(int id, String name, int type, Record... answers) {
    return answered(id, name, type, Rcode.NOERROR, answers).toWire();
  }

  /// NXDOMAIN with the SOA record of the zone (RFC 2308).
  public static byte[] nxdomain(int id, String name, int type) {
    Message message = answered(id, name, type, Rcode.NXDOMAIN);
    Name zone = Name.fromConstantString("example.org.");
    Name host = Name.fromConstantString("ns.example.org.");
    Name mailbox = Name.fromConstantString("hostmaster.example.org.");
    message.addRecord(
        new SOARecord(zone, DClass.IN, TTL, host, mailbox, 1, 7200, 900, 1_209_600, TTL),
        Section.AUTHORITY);
    return message.toWire();
  }

  /// A response with an extended rcode in an OPT record (RFC 6891).
  public static byte[] refused(int id, String name, int type, int rcode) {
    Message message = answered(id, name, type, rcode & 0xf);
    message.addRecord(new OPTRecord(1232, rcode >> 4, 0), Section.ADDITIONAL);
    return message.toWire();
  }

  /// A response without name compression.
  public static byte[] uncompressed(int id, String name, int type, Record... answers) {
    Message message = answered(id, name, type, Rcode.NOERROR, answers);
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    wire.writeBytes(message.getHeader().toWire());
    wire.writeBytes(message.getQuestion().toWire(Section.QUESTION));
    for (Record answer : message.getSection(Section.ANSWER)) {
      wire.writeBytes(answer.toWire(Section.ANSWER));
    }
    return wire.toByteArray();
  }

  /// A response truncated within its last record.
  public static byte[] cut(int id, String name, int type, Record... answers) {
    byte[] whole = response(id, name, type, answers);
    return Arrays.copyOf(whole, whole.length - 2);
  }

  /// A query with a name that is a compression pointer to itself.
  public static byte[] pointerLoop(int id) {
    ByteBuffer message = ByteBuffer.allocate(18).putShort((short) id).putShort((short) 0x0100);
    message.putShort((short) 1).putShort((short) 0).putInt(0);
    return message.putShort((short) 0xc00c).putShort((short) 1).putShort((short) 1).array();
  }

  public static Record a(String name, String address) {
    InetAddress literal = InetAddress.ofLiteral(address);
    return new ARecord(Name.fromConstantString(name), DClass.IN, TTL, literal);
  }

  public static Record aaaa(String name, String address) {
    InetAddress literal = InetAddress.ofLiteral(address);
    return new AAAARecord(Name.fromConstantString(name), DClass.IN, TTL, literal);
  }

  public static Record cname(String name, String target) {
    Name canonical = Name.fromConstantString(target);
    return new CNAMERecord(Name.fromConstantString(name), DClass.IN, TTL, canonical);
  }

  public static Record mx(String name, int preference, String host) {
    Name exchange = Name.fromConstantString(host);
    return new MXRecord(Name.fromConstantString(name), DClass.IN, TTL, preference, exchange);
  }

  private static Message question(int id, String name, int type) {
    Message message = new Message(id);
    message.getHeader().setFlag(Flags.RD);
    message.addRecord(
        Record.newRecord(Name.fromConstantString(name), type, DClass.IN), Section.QUESTION);
    return message;
  }

  private static Message answered(int id, String name, int type, int rcode, Record... answers) {
    Message message = question(id, name, type);
    message.getHeader().setFlag(Flags.QR);
    message.getHeader().setFlag(Flags.RA);
    message.getHeader().setRcode(rcode);
    for (Record answer : List.of(answers)) {
      message.addRecord(answer, Section.ANSWER);
    }
    return message;
  }
}
