package dev.jig.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/// Compares our decoder with dnsjava, on messages written by dnsjava and on damaged ones.
final class DnsjavaOracleTest {
  private final DnsMessage message = new DnsMessage();

  @Provide
  Arbitrary<byte[]> wholeMessages() {
    return Arbitraries.randomValue(RandomMessages::wire);
  }

  @Provide
  Arbitrary<byte[]> damagedMessages() {
    return Arbitraries.randomValue(RandomMessages::damaged);
  }

  @Property(tries = 500)
  void readsWhatDnsjavaWrites(@ForAll("wholeMessages") byte[] wire) throws IOException {
    assertThat(message.wrap(wire, 0, wire.length)).isTrue();

    assertThat(message.trailingBytes()).isZero();
    assertAgreesWith(new Message(wire));
  }

  @Property(tries = 2000)
  void survivesDamageAndAgreesWhereBothAccept(@ForAll("damagedMessages") byte[] wire) {
    boolean whole = message.wrap(wire, 0, wire.length);

    assertReadable(wire.length, whole);
    Message oracle = oracleOf(wire);
    if (whole && oracle != null) {
      assertAgreesWith(oracle);
    }
  }

  @Property(tries = 500)
  void survivesAnyBytes(@ForAll @Size(max = 200) byte[] wire) {
    boolean whole = message.wrap(wire, 0, wire.length);

    assertReadable(wire.length, whole);
  }

  @Property(tries = 500)
  void keepsEverythingBeforeATruncation(
      @ForAll("wholeMessages") byte[] wire, @ForAll @IntRange(max = 600) int cut) {
    int length = Math.min(cut, wire.length - 1);
    message.wrap(wire, 0, wire.length);
    List<String> addresses = addresses();
    addresses.removeIf(address -> endOf(address) > length);
    String name = message.questionName();

    assertThat(message.wrap(wire, 0, length)).isFalse();

    assertThat(addresses()).isEqualTo(addresses);
    if (message.hasQuestion()) {
      assertThat(message.questionName()).isEqualTo(name);
    }
  }

  private void assertReadable(int length, boolean whole) {
    assertThat(message.malformation() == null).isEqualTo(whole);
    assertThat(message.malformedAt()).isBetween(0, length);
    assertThat(message.questionName()).matches("[!-~]*");
    assertThat(message.isStrictlyValid()).isIn(whole, false);
    for (int i = 0; i < message.addressCount(); i++) {
      assertThat(message.addressOffset(i) + message.addressLength(i)).isLessThanOrEqualTo(length);
    }
  }

  private void assertAgreesWith(Message oracle) {
    Header header = oracle.getHeader();
    assertThat(message.id()).isEqualTo(header.getID());
    assertThat(message.opcode()).isEqualTo(header.getOpcode());
    if (message.rcode() < 0x800) { // above, dnsjava takes the OPT's TTL field for an overlarge TTL
      assertThat(message.rcode()).isEqualTo(oracle.getRcode());
    }
    assertThat(message.isResponse()).isEqualTo(header.getFlag(Flags.QR));
    assertThat(message.aa()).isEqualTo(header.getFlag(Flags.AA));
    assertThat(message.tc()).isEqualTo(header.getFlag(Flags.TC));
    assertThat(message.rd()).isEqualTo(header.getFlag(Flags.RD));
    assertThat(message.ra()).isEqualTo(header.getFlag(Flags.RA));
    assertThat(message.ad()).isEqualTo(header.getFlag(Flags.AD));
    assertThat(message.cd()).isEqualTo(header.getFlag(Flags.CD));
    assertThat(message.questionCount()).isEqualTo(header.getCount(Section.QUESTION));
    assertThat(message.answerCount()).isEqualTo(header.getCount(Section.ANSWER));
    assertThat(message.authorityCount()).isEqualTo(header.getCount(Section.AUTHORITY));
    assertThat(message.additionalCount()).isEqualTo(header.getCount(Section.ADDITIONAL));
    assertThat(addressData()).isEqualTo(addressDataOf(oracle));
    assertAsks(oracle.getQuestion());
  }

  private void assertAsks(@Nullable Record question) {
    assertThat(message.hasQuestion()).isEqualTo(question != null);
    if (question == null) {
      return;
    }
    assertThat(message.questionType()).isEqualTo(question.getType());
    assertThat(message.questionClass()).isEqualTo(question.getDClass());
    assertThat(named(message.questionName()).toWire()).isEqualTo(question.getName().toWire());
    byte[] canonical = new byte[DnsMessage.MAX_QUESTION_LENGTH];
    int length = message.copyQuestion(canonical, 0);
    assertThat(Arrays.copyOf(canonical, length - 4))
        .isEqualTo(question.getName().toWireCanonical());
    assertThat(message.questionEquals(canonical, 0, length)).isTrue();
  }

  /// Each as its end within the message and its data, in hex.
  private List<String> addresses() {
    List<String> found = new ArrayList<>();
    for (int i = 0; i < message.addressCount(); i++) {
      int at = message.addressOffset(i);
      int end = at + message.addressLength(i);
      found.add(end + ":" + HexFormat.of().formatHex(message.buffer(), at, end));
    }
    return found;
  }

  private static int endOf(String address) {
    return Integer.parseInt(address.substring(0, address.indexOf(':')));
  }

  private List<String> addressData() {
    return addresses().stream().map(a -> a.substring(a.indexOf(':') + 1)).toList();
  }

  private static List<String> addressDataOf(Message oracle) {
    List<String> found = new ArrayList<>();
    for (Record answer : oracle.getSection(Section.ANSWER)) {
      boolean isAddress = answer instanceof ARecord || answer instanceof AAAARecord;
      if (isAddress && (answer.getDClass() & 0x7fff) == DClass.IN) {
        found.add(HexFormat.of().formatHex(answer.rdataToWireCanonical()));
      }
    }
    return found;
  }

  private static Name named(String text) {
    return Name.fromConstantString(text);
  }

  /// Null if dnsjava does not take it, or under TC takes only what stands before a damage.
  private static @Nullable Message oracleOf(byte[] wire) {
    try {
      Message oracle = new Message(wire);
      Header counted = new Header(wire);
      for (int section = Section.QUESTION; section <= Section.ADDITIONAL; section++) {
        if (oracle.getSection(section).size() != counted.getCount(section)) {
          return null;
        }
      }
      return oracle;
    } catch (IOException | IllegalArgumentException e) {
      return null;
    }
  }
}
