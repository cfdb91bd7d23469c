package dev.jig.dns;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.TKEYRecord;
import org.xbill.DNS.TSIGRecord;

/// The text of TSIG and TKEY as BIND and we write it, with lengths; dnsjava writes another one.
final class SignatureText {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss").withZone(ZoneOffset.UTC);

  private SignatureText() {}

  static String of(TSIGRecord record) {
    return String.join(
        " ",
        record.getAlgorithm().toString(),
        Long.toString(record.getTimeSigned().getEpochSecond()),
        Long.toString(record.getFudge().toSeconds()),
        counted(record.getSignature()),
        Integer.toString(record.getOriginalID()),
        error(record.getError()),
        counted(record.getOther()));
  }

  static String of(TKEYRecord record) {
    return String.join(
        " ",
        record.getAlgorithm().toString(),
        time(record.getTimeInception()),
        time(record.getTimeExpire()),
        Integer.toString(record.getMode()),
        error(record.getError()),
        counted(record.getKey()),
        counted(record.getOther()));
  }

  private static String time(Instant time) {
    return TIME.format(time);
  }

  private static String error(int error) {
    return error == 16 ? "BADSIG" : Rcode.mnemonic(error);
  }

  private static String counted(byte @Nullable [] bytes) {
    return bytes == null || bytes.length == 0
        ? "0"
        : bytes.length + " " + Base64.getEncoder().encodeToString(bytes);
  }
}
