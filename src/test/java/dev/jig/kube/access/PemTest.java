package dev.jig.kube.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jig.event.UserFacingException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Keys in every form found in kubeconfigs.
final class PemTest {
  private static final byte[] P256 = {6, 8, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 3, 1, 7};

  @ParameterizedTest
  @CsvSource({"RSA,SHA256withRSA", "EC,SHA256withECDSA", "Ed25519,Ed25519"})
  void readsPkcs8OfEveryKind(String kind, String signature) throws GeneralSecurityException {
    KeyPair pair = KeyPairGenerator.getInstance(kind).generateKeyPair();

    PrivateKey key = pem("PRIVATE KEY", pair.getPrivate().getEncoded()).key();

    assertBelongs(key, pair, signature);
  }

  @Test
  void readsPkcs1Rsa() throws GeneralSecurityException {
    KeyPair pair = KeyPairGenerator.getInstance("RSA").generateKeyPair();
    byte[] pkcs8 = pair.getPrivate().getEncoded();
    byte[] pkcs1 =
        Arrays.copyOfRange(pkcs8, 26, pkcs8.length); // after the PKCS #8 header for 2,048 bits

    assertBelongs(pem("RSA PRIVATE KEY", pkcs1).key(), pair, "SHA256withRSA");
  }

  @Test
  void readsSec1EllipticCurves() throws GeneralSecurityException {
    KeyPair pair = ellipticCurve();
    byte[] scalar = unsigned(((ECPrivateKey) pair.getPrivate()).getS().toByteArray());
    ByteArrayOutputStream sec1 = new ByteArrayOutputStream();
    sec1.writeBytes(new byte[] {0x30, (byte) (3 + 2 + 32 + 2 + P256.length), 2, 1, 1, 4, 32});
    sec1.writeBytes(scalar);
    sec1.writeBytes(new byte[] {(byte) 0xa0, (byte) P256.length});
    sec1.writeBytes(P256);

    // as openssl ecparam -genkey writes it
    String text = block("EC PARAMETERS", P256) + block("EC PRIVATE KEY", sec1.toByteArray());

    assertBelongs(new Pem("a key", text).key(), pair, "SHA256withECDSA");
  }

  @Test
  void reportsDamagedInput() {
    assertThatThrownBy(() -> new Pem("the client-key", "nothing").key())
        .isInstanceOf(UserFacingException.class)
        .hasMessage("the client-key holds no private key in PEM");
    assertThatThrownBy(() -> pem("ENCRYPTED PRIVATE KEY", new byte[9]).key())
        .hasMessage("the key holds a key that cannot be used: its type is ENCRYPTED PRIVATE KEY");
    assertThatThrownBy(() -> pem("EC PRIVATE KEY", new byte[] {0x30, 3, 2, 1, 1}).key())
        .hasMessage("the key holds a key that cannot be used: its curve is not named");
    assertThatThrownBy(() -> pem("EC PRIVATE KEY", new byte[] {0x30}).key())
        .hasMessage("the key holds a key that cannot be used: it is truncated");
    assertThatThrownBy(() -> new Pem("the client-certificate", "").certificates())
        .hasMessage("the client-certificate holds no certificate in PEM");
    assertThatThrownBy(() -> pem("CERTIFICATE", new byte[7]).certificates())
        .hasMessageStartingWith("the key holds a damaged certificate: ");
  }

  @Test
  void inlineDataWinsOverAFile() {
    String base64 = Base64.getEncoder().encodeToString("here".getBytes(StandardCharsets.US_ASCII));

    Pem pem = Objects.requireNonNull(Pem.load("client-key", base64, Path.of("/nosuch"), "of user"));

    assertThat(pem).isEqualTo(new Pem("the client-key-data of user", "here"));
    assertThatThrownBy(() -> Pem.load("client-key", "?!", null, "of user \"u\""))
        .hasMessage("the client-key-data of user \"u\" is not base64");
  }

  private static KeyPair ellipticCurve() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  /// As 32 bytes, without BigInteger's sign byte.
  private static byte[] unsigned(byte[] number) {
    byte[] all = new byte[32];
    int length = Math.min(number.length, all.length);
    System.arraycopy(number, number.length - length, all, all.length - length, length);
    return all;
  }

  private static Pem pem(String type, byte[] der) {
    return new Pem("the key", block(type, der));
  }

  private static String block(String type, byte[] der) {
    return "-----BEGIN "
        + type
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + type
        + "-----\n";
  }

  private static void assertBelongs(PrivateKey key, KeyPair pair, String algorithm)
      throws GeneralSecurityException {
    byte[] text = {1, 2, 3};
    Signature signing = Signature.getInstance(algorithm);
    signing.initSign(key);
    signing.update(text);
    Signature verifying = Signature.getInstance(algorithm);
    verifying.initVerify(pair.getPublic());
    verifying.update(text);

    assertThat(verifying.verify(signing.sign())).isTrue();
  }
}
