package dev.jig.output.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

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
import dev.jig.dns.EdnsOption.TcpKeepalive;
import dev.jig.dns.Malformation;
import dev.jig.dns.ResourceRecord;
import dev.jig.output.Parsed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

final class MessageContentWriterTest {
  private static final List<EdnsOption> OPTIONS =
      List.of(
          new ClientSubnet("192.0.2.0", 24, 0),
          new Cookie("0102030405060708", null),
          new ExtendedError(18, "blocked \u001b[31m\"here\""),
          new NameServerId("6e73", "ns"),
          new Padding(3),
          new TcpKeepalive(300),
          new Chain("example.org."),
          new Numbers(5, List.of(8, 13)),
          new Expire(null),
          new Other(65001, "cafe"));

  private static final DecodedMessage EVERYTHING =
      new DecodedMessage(
          4,
          true,
          false,
          List.of(new Question("a.test.", 1, 1, false), new Question("b.test.", 28, 3, true)),
          List.of(new ResourceRecord("a.test.", 16, 1, true, 0, "\"x\\\"y\" \"\\027\"")),
          List.of(new ResourceRecord("b.test.", 65280, 254, false, 1, "")),
          List.of(new ResourceRecord("c.test.", 1, 1, false, 4294967295L, "192.0.2.1")),
          new Edns(1, 1232, 0, true, 1, OPTIONS),
          List.of(new DsoItem(3, "4 bytes")),
          new Damage(Malformation.BAD_DATA, 77));

  @Test
  void writesEqualContentInAllFormats() throws IOException {
    Object line = Parsed.json(written(new JsonLinesDocument(out), EVERYTHING)).getFirst();
    Object pretty = Parsed.json(written(JsonDocument.pretty(out), EVERYTHING)).getFirst();
    String yaml = written(new YamlDocument(out), EVERYTHING);

    assertThat(pretty).isEqualTo(line);
    assertThat(new Load(LoadSettings.builder().build()).loadFromString(yaml)).isEqualTo(line);
  }

  @Test
  void writesKeysInOrder() throws IOException {
    String line = written(new JsonLinesDocument(out), EVERYTHING);

    assertThat(line)
        .isEqualTo(
            """
            {"opcode":"NOTIFY","llmnr":{"conflict":true},"questions":[\
            {"name":"a.test.","type":"A"},\
            {"name":"b.test.","type":"AAAA","class":"CH","unicastResponse":true}],\
            "answers":[{"name":"a.test.","type":"TXT","cacheFlush":true,"ttl":0,\
            "data":"\\"x\\\\\\"y\\" \\"\\\\027\\""}],\
            "authority":[{"name":"b.test.","type":"TYPE65280","class":"NONE","ttl":1}],\
            "additional":[{"name":"c.test.","type":"A","ttl":4294967295,"data":"192.0.2.1"}],\
            "edns":{"version":1,"udpSize":1232,"do":true,"flags":1,"options":[\
            {"code":8,"name":"ECS","address":"192.0.2.0","sourcePrefix":24,"scopePrefix":0},\
            {"code":10,"name":"COOKIE","client":"0102030405060708"},\
            {"code":15,"name":"EDE","infoCode":18,"purpose":"Prohibited",\
            "text":"blocked \\u001b[31m\\"here\\""},\
            {"code":3,"name":"NSID","data":"6e73","text":"ns"},\
            {"code":12,"name":"PADDING","length":3},\
            {"code":11,"name":"KEEPALIVE","tenthsOfSeconds":300},\
            {"code":13,"name":"CHAIN","data":"example.org."},\
            {"code":5,"name":"DAU","values":["8","13"]},\
            {"code":9,"name":"EXPIRE"},\
            {"code":65001,"name":"OPT65001","data":"cafe"}]},\
            "dso":[{"type":"EncryptionPadding","data":"4 bytes"}],\
            "malformed":{"reason":"record data that do not fit their type","offset":77}}
            """);
  }

  @Test
  void omitsWhatTheRowContains() throws IOException {
    DecodedMessage query =
        new DecodedMessage(
            0,
            false,
            false,
            List.of(new Question("example.org.", 1, 1, false)),
            List.of(),
            List.of(),
            List.of(),
            null,
            List.of(),
            null);

    assertThat(written(new JsonLinesDocument(out), query)).isEqualTo("{}\n");
  }

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private String written(Document document, DecodedMessage content) throws IOException {
    out.reset();
    document.begin();
    new MessageContentWriter(document).write(content);
    document.end();
    document.flush();
    return out.toString(UTF_8);
  }
}
