package dev.jig.dns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Random;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNAMERecord;
import org.xbill.DNS.Flags;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/// Random messages in dnsjava's wire form: all sections, names that compress and names that do not,
/// EDNS; and the same messages damaged.
final class RandomMessages {
  private static final int[] FLAGS = {
    Flags.QR, Flags.AA, Flags.TC, Flags.RD, Flags.RA, Flags.AD, Flags.CD
  };
  private static final int[] OPCODES = {
    Opcode.QUERY, Opcode.QUERY, Opcode.QUERY, Opcode.STATUS, Opcode.NOTIFY, Opcode.UPDATE
  };
  private static final String[] ZONES = {
    "example.org.", "a.example.org.", "Example.NET.", "xn--bcher-kva.test.", "."
  };

  private final Random random;

  private RandomMessages(Random random) {
    this.random = random;
  }

  static byte[] wire(Random random) {
    return new RandomMessages(random).message().toWire();
  }

  /// A name of any bytes, often below one of a few zones.
  static Name name(Random random) {
    return new RandomMessages(random).name();
  }

  /// A message with one to three bytes changed, or pointers put in, or its end cut off.
  static byte[] damaged(Random random) {
    return damaged(wire(random), random);
  }

  static byte[] damaged(byte[] whole, Random random) {
    byte[] wire = whole.clone();
    for (int damages = 1 + random.nextInt(3); damages > 0 && wire.length > 0; damages--) {
      int at = random.nextInt(wire.length);
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> wire[at] ^= (byte) (1 << random.nextInt(8));
        case 3, 4 -> wire[at] = (byte) random.nextInt(256);
        case 5, 6 -> putPointer(wire, at, random.nextInt(wire.length));
        default -> wire = Arrays.copyOf(wire, at);
      }
    }
    return wire;
  }

  private static void putPointer(byte[] wire, int at, int target) {
    if (at + 1 < wire.length) {
      wire[at] = (byte) (0xc0 | target >>> 8);
      wire[at + 1] = (byte) target;
    }
  }

  private Message message() {
    Message message = new Message(random.nextInt(0x10000));
    for (int flag : FLAGS) {
      if (random.nextBoolean()) {
        message.getHeader().setFlag(flag);
      }
    }
    message.getHeader().setOpcode(OPCODES[random.nextInt(OPCODES.length)]);
    message.getHeader().setRcode(random.nextInt(16));
    Name asked = name();
    if (random.nextInt(10) > 0) {
      int type = random.nextBoolean() ? Type.A : 1 + random.nextInt(0xffff);
      message.addRecord(question(asked, type), Section.QUESTION);
    }
    addRecords(message, asked, Section.ANSWER, random.nextInt(8));
    addRecords(message, asked, Section.AUTHORITY, random.nextInt(3));
    addRecords(message, asked, Section.ADDITIONAL, random.nextInt(3));
    if (random.nextBoolean()) {
      message.addRecord(new OPTRecord(1232, random.nextInt(256), 0), Section.ADDITIONAL);
    }
    return message;
  }

  private Record question(Name asked, int type) {
    int dclass = random.nextInt(5) > 0 ? DClass.IN : DClass.CH;
    return Record.newRecord(asked, type, dclass);
  }

  private void addRecords(Message message, Name asked, int section, int count) {
    for (int i = 0; i < count; i++) {
      message.addRecord(record(random.nextBoolean() ? asked : name()), section);
    }
  }

  private Record record(Name owner) {
    int dclass = random.nextInt(8) > 0 ? DClass.IN : DClass.HS;
    long ttl = random.nextInt(100_000);
    return switch (random.nextInt(8)) {
      case 0, 1 -> new ARecord(owner, dclass, ttl, address(4));
      case 2, 3 -> new AAAARecord(owner, dclass, ttl, address(16));
      case 4 -> new CNAMERecord(owner, dclass, ttl, name());
      case 5 -> new MXRecord(owner, dclass, ttl, 10, name());
      case 6 -> new TXTRecord(owner, dclass, ttl, "text".repeat(random.nextInt(60)));
      default ->
          random.nextBoolean()
              ? new DNAMERecord(owner, dclass, ttl, name())
              : new SOARecord(owner, dclass, ttl, name(), name(), 1, 2, 3, 4, 5);
    };
  }

  private InetAddress address(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    if (length == 16) {
      bytes[0] = 0x20; // an address mapped from IPv4 would become an Inet4Address
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A zone's name under up to four labels of any bytes, some of them long.
  private Name name() {
    byte[] wire = zone().toWire();
    for (int labels = random.nextInt(5); labels > 0; labels--) {
      byte[] label = label();
      byte[] longer = new byte[label.length + wire.length];
      System.arraycopy(label, 0, longer, 0, label.length);
      System.arraycopy(wire, 0, longer, label.length, wire.length);
      if (longer.length <= 255) {
        wire = longer;
      }
    }
    try {
      return new Name(wire);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Name zone() {
    return Name.fromConstantString(ZONES[random.nextInt(ZONES.length)]);
  }

  /// A label with its length in front.
  private byte[] label() {
    byte[] label = new byte[1 + 1 + random.nextInt(random.nextInt(8) > 0 ? 12 : 63)];
    boolean plain = random.nextInt(3) > 0;
    for (int i = 1; i < label.length; i++) {
      label[i] = (byte) (plain ? "abcXYZ019-_".charAt(random.nextInt(11)) : random.nextInt(256));
    }
    label[0] = (byte) (label.length - 1);
    return label;
  }
}
