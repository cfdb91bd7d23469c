package dev.jig.output.json;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import dev.jig.dns.Damage;
import dev.jig.dns.DecodedMessage;
import dev.jig.dns.DecodedMessage.DsoItem;
import dev.jig.dns.DecodedMessage.Question;
import dev.jig.dns.Edns;
import dev.jig.dns.EdnsOption;
import dev.jig.dns.EdnsOption.Chain;
import dev.jig.dns.EdnsOption.ClientSubnet;
import dev.jig.dns.EdnsOption.Cookie;
import dev.jig.dns.EdnsOption.Expire;
import dev.jig.dns.EdnsOption.ExtendedError;
import dev.jig.dns.EdnsOption.NameServerId;
import dev.jig.dns.EdnsOption.Numbers;
import dev.jig.dns.EdnsOption.Other;
import dev.jig.dns.EdnsOption.Padding;
import dev.jig.dns.EdnsOption.ReportChannel;
import dev.jig.dns.EdnsOption.TcpKeepalive;
import dev.jig.dns.Opcode;
import dev.jig.dns.RecordClass;
import dev.jig.dns.RecordType;
import dev.jig.dns.ResourceRecord;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes the sections of a message and what else is not part of every row. Common values are
/// omitted: opcode QUERY, class IN, a single question (the row contains it).
final class MessageContentWriter {
  private static final SerializableString OPCODE = key("opcode");
  private static final SerializableString LLMNR = key("llmnr");
  private static final SerializableString CONFLICT = key("conflict");
  private static final SerializableString TENTATIVE = key("tentative");
  private static final SerializableString QUESTIONS = key("questions");
  private static final SerializableString ANSWERS = key("answers");
  private static final SerializableString AUTHORITY = key("authority");
  private static final SerializableString ADDITIONAL = key("additional");
  private static final SerializableString NAME = key("name");
  private static final SerializableString TYPE = key("type");
  private static final SerializableString CLASS = key("class");
  private static final SerializableString UNICAST_RESPONSE = key("unicastResponse");
  private static final SerializableString CACHE_FLUSH = key("cacheFlush");
  private static final SerializableString TTL = key("ttl");
  private static final SerializableString DATA = key("data");
  private static final SerializableString EDNS = key("edns");
  private static final SerializableString VERSION = key("version");
  private static final SerializableString UDP_SIZE = key("udpSize");
  private static final SerializableString DNSSEC_OK = key("do");
  private static final SerializableString FLAGS = key("flags");
  private static final SerializableString OPTIONS = key("options");
  private static final SerializableString CODE = key("code");
  private static final SerializableString ADDRESS = key("address");
  private static final SerializableString SOURCE_PREFIX = key("sourcePrefix");
  private static final SerializableString SCOPE_PREFIX = key("scopePrefix");
  private static final SerializableString CLIENT = key("client");
  private static final SerializableString SERVER = key("server");
  private static final SerializableString INFO_CODE = key("infoCode");
  private static final SerializableString PURPOSE = key("purpose");
  private static final SerializableString TEXT = key("text");
  private static final SerializableString LENGTH = key("length");
  private static final SerializableString TENTHS = key("tenthsOfSeconds");
  private static final SerializableString SECONDS = key("seconds");
  private static final SerializableString VALUES = key("values");
  private static final SerializableString DSO = key("dso");
  private static final SerializableString MALFORMED = key("malformed");
  private static final SerializableString REASON = key("reason");
  private static final SerializableString OFFSET = key("offset");

  private final Document document;
  private long malformed;

  MessageContentWriter(Document document) {
    this.document = document;
  }

  /// Messages so far with damage.
  long malformed() {
    return malformed;
  }

  void write(DecodedMessage message) throws IOException {
    if (message.opcode() != Opcode.QUERY) {
      document.writeAscii(OPCODE, Opcode.mnemonic(message.opcode()));
    }
    writeLlmnr(message);
    if (hasUnusualQuestions(message.questions())) {
      writeQuestions(message.questions());
    }
    writeRecords(ANSWERS, message.answers());
    writeRecords(AUTHORITY, message.authority());
    writeRecords(ADDITIONAL, message.additional());
    if (message.edns() != null) {
      writeEdns(message.edns());
    }
    writeDso(message.dso());
    if (message.damage() != null) {
      malformed++;
      writeDamage(message.damage());
    }
  }

  private void writeLlmnr(DecodedMessage message) throws IOException {
    if (!message.conflict() && !message.tentative()) {
      return;
    }
    document.beginObject(LLMNR);
    writeIfTrue(message.conflict(), CONFLICT);
    writeIfTrue(message.tentative(), TENTATIVE);
    document.endObject();
  }

  private static boolean hasUnusualQuestions(List<Question> questions) {
    return questions.size() > 1
        || questions.size() == 1
            && (questions.getFirst().unicastResponse()
                || questions.getFirst().questionClass() != RecordClass.IN);
  }

  private void writeQuestions(List<Question> questions) throws IOException {
    document.beginList(QUESTIONS);
    for (Question question : questions) {
      document.beginItem();
      document.writeText(NAME, question.name());
      document.writeAscii(TYPE, RecordType.mnemonic(question.type()));
      writeClass(question.questionClass());
      writeIfTrue(question.unicastResponse(), UNICAST_RESPONSE);
      document.endItem();
    }
    document.endList();
  }

  private void writeRecords(SerializableString key, List<ResourceRecord> records)
      throws IOException {
    if (records.isEmpty()) {
      return;
    }
    document.beginList(key);
    for (ResourceRecord resource : records) {
      document.beginItem();
      document.writeText(NAME, resource.name());
      document.writeAscii(TYPE, RecordType.mnemonic(resource.type()));
      writeClass(resource.recordClass());
      writeIfTrue(resource.cacheFlush(), CACHE_FLUSH);
      document.writeNumber(TTL, resource.ttl());
      writeIfPresent(DATA, resource.data());
      document.endItem();
    }
    document.endList();
  }

  private void writeClass(int recordClass) throws IOException {
    if (recordClass != RecordClass.IN) {
      document.writeAscii(CLASS, RecordClass.mnemonic(recordClass));
    }
  }

  private void writeEdns(Edns edns) throws IOException {
    document.beginObject(EDNS);
    writeIfNonZero(VERSION, edns.version());
    document.writeNumber(UDP_SIZE, edns.udpSize());
    writeIfTrue(edns.dnssecOk(), DNSSEC_OK);
    writeIfNonZero(FLAGS, edns.flags());
    if (!edns.options().isEmpty()) {
      document.beginList(OPTIONS);
      for (EdnsOption option : edns.options()) {
        document.beginItem();
        document.writeNumber(CODE, option.code());
        document.writeAscii(NAME, option.name());
        writeOption(option);
        document.endItem();
      }
      document.endList();
    }
    document.endObject();
  }

  private void writeOption(EdnsOption option) throws IOException {
    switch (option) {
      case ClientSubnet(var address, var sourcePrefix, var scopePrefix) -> {
        document.writeAscii(ADDRESS, address);
        document.writeNumber(SOURCE_PREFIX, sourcePrefix);
        document.writeNumber(SCOPE_PREFIX, scopePrefix);
      }
      case Cookie(var client, var server) -> {
        document.writeAscii(CLIENT, client);
        writeIfPresent(SERVER, server);
      }
      case ExtendedError error -> {
        document.writeNumber(INFO_CODE, error.infoCode());
        writeIfPresent(PURPOSE, error.purpose());
        writeIfPresent(TEXT, error.extraText());
      }
      case NameServerId(var id, var text) -> {
        writeIfPresent(DATA, id);
        writeIfPresent(TEXT, text);
      }
      case Padding(var length) -> document.writeNumber(LENGTH, length);
      case TcpKeepalive(var tenths) -> {
        if (tenths != null) {
          document.writeNumber(TENTHS, tenths);
        }
      }
      case Chain(var trustPoint) -> document.writeText(DATA, trustPoint);
      case ReportChannel(var agent) -> document.writeText(DATA, agent);
      case Numbers(var code, var values) ->
          document.writeAsciiList(VALUES, values.stream().map(String::valueOf).toList());
      case Expire(var seconds) -> {
        if (seconds != null) {
          document.writeNumber(SECONDS, seconds);
        }
      }
      case Other(var code, var data) -> writeIfPresent(DATA, data);
    }
  }

  private void writeDso(List<DsoItem> items) throws IOException {
    if (items.isEmpty()) {
      return;
    }
    document.beginList(DSO);
    for (DsoItem item : items) {
      document.beginItem();
      document.writeAscii(TYPE, item.name());
      writeIfPresent(DATA, item.data());
      document.endItem();
    }
    document.endList();
  }

  private void writeDamage(Damage damage) throws IOException {
    document.beginObject(MALFORMED);
    document.writeText(REASON, damage.reason().text());
    document.writeNumber(OFFSET, damage.offset());
    document.endObject();
  }

  private void writeIfTrue(boolean value, SerializableString key) throws IOException {
    if (value) {
      document.writeTrue(key);
    }
  }

  private void writeIfNonZero(SerializableString key, long number) throws IOException {
    if (number != 0) {
      document.writeNumber(key, number);
    }
  }

  private void writeIfPresent(SerializableString key, @Nullable String text) throws IOException {
    if (text != null && !text.isEmpty()) {
      document.writeText(key, text);
    }
  }

  private static SerializableString key(String name) {
    return new SerializedString(name);
  }
}
