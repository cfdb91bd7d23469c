package dev.jig.kube.access;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One PEM block (RFC 7468).
///
/// @param type the label after BEGIN
@SuppressWarnings("ArrayRecordComponent") // never compared
record PemBlock(String type, byte[] der) {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);
  private static final List<String> KEY_ALGORITHMS = List.of("RSA", "EC", "EdDSA");

  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;
  private static final int CONTEXT_0 = 0xa0;
  private static final byte[] VERSION_0 = {2, 1, 0};

  /// rsaEncryption, 1.2.840.113549.1.1.1, and its NULL.
  private static final byte[] RSA_ENCRYPTION = {
    0x30, 13, 6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 13, 1, 1, 1, 5, 0
  };

  /// id-ecPublicKey, 1.2.840.10045.2.1.
  private static final byte[] EC_PUBLIC_KEY = {
    6, 7, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 2, 1
  };

  /// @throws IllegalArgumentException if a block is not base64
  static List<PemBlock> parse(String text) {
    List<PemBlock> blocks = new ArrayList<>();
    Matcher found = BLOCK.matcher(text);
    while (found.find()) {
      blocks.add(new PemBlock(found.group(1), Base64.getMimeDecoder().decode(found.group(2))));
    }
    return blocks;
  }

  boolean isKey() {
    return type.endsWith("PRIVATE KEY");
  }

  /// Java reads only PKCS #8; PKCS #1 (RSA) and SEC1 (EC) keys are wrapped in it.
  PrivateKey key() throws GeneralSecurityException {
    return switch (type) {
      case "PRIVATE KEY" -> pkcs8(der);
      case "RSA PRIVATE KEY" ->
          pkcs8(encodeSequence(VERSION_0, RSA_ENCRYPTION, encode(OCTET_STRING, der)));
      case "EC PRIVATE KEY" ->
          pkcs8(
              encodeSequence(
                  VERSION_0, encodeSequence(EC_PUBLIC_KEY, curve(der)), encode(OCTET_STRING, der)));
      default -> throw new InvalidKeySpecException("its type is " + type);
    };
  }

  private static PrivateKey pkcs8(byte[] der) throws GeneralSecurityException {
    InvalidKeySpecException last = new InvalidKeySpecException("no key");
    for (String kind : KEY_ALGORITHMS) {
      try {
        return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(der));
      } catch (InvalidKeySpecException e) {
        last = e;
      }
    }
    throw last;
  }

  /// The curve of an ECPrivateKey (RFC 5915): SEQUENCE { version, privateKey, [0] curve, … }.
  private static byte[] curve(byte[] der) throws InvalidKeySpecException {
    try {
      int at = contentOffset(der, 0);
      while (at < der.length) {
        int inside = contentOffset(der, at);
        int end = inside + contentLength(der, at);
        if ((der[at] & 0xff) == CONTEXT_0) {
          return Arrays.copyOfRange(der, inside, end);
        }
        at = end;
      }
    } catch (ArrayIndexOutOfBoundsException e) {
      throw new InvalidKeySpecException("it is truncated", e);
    }
    throw new InvalidKeySpecException("its curve is not named");
  }

  /// Offset of the content of the DER value at `at`.
  private static int contentOffset(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    return at + 2 + (first < 0x80 ? 0 : first - 0x80);
  }

  private static int contentLength(byte[] der, int at) {
    int length = 0;
    int first = der[at + 1] & 0xff;
    if (first < 0x80) {
      return first;
    }
    for (int i = at + 2; i < contentOffset(der, at); i++) {
      length = length << 8 | der[i] & 0xff;
    }
    return length;
  }

  private static byte[] encodeSequence(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return encode(SEQUENCE, all.toByteArray());
  }

  private static byte[] encode(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else {
      out.write(0x82);
      out.write(content.length >> 8);
      out.write(content.length);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }
}
