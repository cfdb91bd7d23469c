package dev.jig.kube.access;

import dev.jig.fixture.Command;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// Elliptic-curve certificates, made by the JDK's keytool.
record Certificates(Path folder) {
  private static final String PASSWORD = "changeit";

  /// Makes NAME.p12, NAME.crt and NAME.key (PKCS #8).
  ///
  /// @param more keytool arguments, such as `-startdate -10d`
  void make(String name, String... more) throws IOException, GeneralSecurityException {
    keytool(name, "it", more);
    write(name);
  }

  /// The same, signed by an authority, NAME-authority.crt.
  void makeSigned(String name, String... more) throws IOException, GeneralSecurityException {
    keytool(name, "authority", "-ext", "bc:c");
    List<String> words = new ArrayList<>(List.of("-signer", "authority"));
    words.addAll(List.of(more));
    keytool(name, "it", words.toArray(String[]::new));
    KeyStore made = store(name);
    write(name + "-authority.crt", "CERTIFICATE", made.getCertificate("authority").getEncoded());
    made.deleteEntry("authority");
    try (OutputStream out = Files.newOutputStream(folder.resolve(name + ".p12"))) {
      made.store(out, password());
    }
    write(name);
  }

  private void keytool(String name, String alias, String... more) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(
        List.of("-genkeypair", "-alias", alias, "-keyalg", "EC", "-groupname", "secp256r1"));
    command.addAll(List.of("-dname", "CN=" + name, "-storetype", "PKCS12"));
    command.addAll(List.of("-storepass", PASSWORD, "-keystore", file(name + ".p12")));
    command.addAll(List.of(more));
    Command.run(command).orThrow();
  }

  private void write(String name) throws IOException, GeneralSecurityException {
    KeyStore made = store(name);
    write(name + ".crt", "CERTIFICATE", made.getCertificate("it").getEncoded());
    write(name + ".key", "PRIVATE KEY", made.getKey("it", password()).getEncoded());
  }

  KeyStore store(String name) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(folder.resolve(name + ".p12"))) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }

  char[] password() {
    return PASSWORD.toCharArray();
  }

  String file(String name) {
    return folder.resolve(name).toString();
  }

  private void write(String file, String type, byte[] der) throws IOException {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(
        folder.resolve(file),
        "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n");
  }
}
