package dev.jig.dns;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.CookieOption;
import org.xbill.DNS.DClass;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.EDNSOption.Code;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSIDOption;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TcpKeepaliveOption;
import org.xbill.DNS.Type;

/// Random messages with records of every type in all sections and EDNS options of all kinds, in
/// dnsjava's wire form.
final class RandomRecords {
  private static final List<Integer> TYPES = RandomData.types();

  private final Random random;

  private RandomRecords(Random random) {
    this.random = random;
  }

  static byte[] wire(Random random) {
    return new RandomRecords(random).message().toWire();
  }

  /// A response with records of one type alone.
  static Message ofType(int type, Random random) {
    RandomRecords records = new RandomRecords(random);
    Name owner = RandomMessages.name(random);
    Message message = response(random, owner, type);
    for (int i = 0; i < 4; i++) {
      message.addRecord(records.record(owner, type), Section.ANSWER);
    }
    return message;
  }

  private static Message response(Random random, Name asked, int type) {
    Message message = new Message(random.nextInt(0x10000));
    message.getHeader().setFlag(Flags.QR);
    message.addRecord(Record.newRecord(asked, type, DClass.IN), Section.QUESTION);
    return message;
  }

  private Message message() {
    Name asked = RandomMessages.name(random);
    Message message = response(random, asked, type());
    addRecords(message, asked, Section.ANSWER, random.nextInt(6));
    addRecords(message, asked, Section.AUTHORITY, random.nextInt(3));
    addRecords(message, asked, Section.ADDITIONAL, random.nextInt(3));
    if (random.nextBoolean()) {
      message.addRecord(edns(), Section.ADDITIONAL);
    }
    if (random.nextInt(8) == 0) { // nowhere else (RFC 8945 section 5.1)
      message.addRecord(record(asked, Type.TSIG), Section.ADDITIONAL);
    }
    return message;
  }

  private void addRecords(Message message, Name asked, int section, int count) {
    for (int i = 0; i < count; i++) {
      Name owner = random.nextBoolean() ? asked : RandomMessages.name(random);
      message.addRecord(record(owner, type()), section);
    }
  }

  private int type() {
    int type = TYPES.get(random.nextInt(TYPES.size()));
    return type == Type.TSIG ? type() : type;
  }

  private Record record(Name owner, int type) {
    byte[] data = RandomData.of(type, random);
    Record record = Record.newRecord(owner, type, DClass.IN, random.nextInt(100_000), data);
    if (record == null) {
      throw new IllegalStateException("dnsjava refuses what was to be valid, type " + type);
    }
    return record;
  }

  private OPTRecord edns() {
    List<EDNSOption> options = new ArrayList<>();
    for (int count = random.nextInt(4); count > 0; count--) {
      options.add(option());
    }
    return new OPTRecord(
        random.nextInt(0x10000), random.nextInt(128), random.nextInt(2), 0x8000, options);
  }

  private EDNSOption option() {
    return switch (random.nextInt(7)) {
      case 0 -> new ClientSubnetOption(random.nextInt(25), 0, address());
      case 1 -> new CookieOption(bytes(8));
      case 2 -> new CookieOption(bytes(8), bytes(8 + random.nextInt(25)));
      case 3 -> new ExtendedErrorCodeOption(random.nextInt(40), "why".repeat(random.nextInt(3)));
      case 4 -> new NSIDOption(bytes(random.nextInt(12)));
      case 5 -> new TcpKeepaliveOption(random.nextInt(0x10000));
      default -> new GenericEDNSOption(Code.PADDING, bytes(random.nextInt(20)));
    };
  }

  private InetAddress address() {
    try {
      return InetAddress.getByAddress(new byte[4]);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }
}
