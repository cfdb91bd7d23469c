package dev.jig.kube.access;

import dev.jig.event.UserFacingException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Certificates or a key in PEM.
///
/// @param description its origin for messages, such as `the client-key /home/x/key.pem of user "x"`
record Pem(String description, String text) {

  /// Loads the kubeconfig's inline base64 (`NAME-data`), else the file.
  ///
  /// @param label such as `of user "x"`
  /// @return null if there is neither
  static @Nullable Pem load(
      String name, @Nullable String base64, @Nullable Path file, String label) {
    if (base64 != null && !base64.isEmpty()) {
      String description = "the " + name + "-data " + label;
      try {
        byte[] bytes = Base64.getDecoder().decode(base64.replaceAll("\\s", ""));
        return new Pem(description, new String(bytes, StandardCharsets.ISO_8859_1));
      } catch (IllegalArgumentException e) {
        throw UserFacingException.cluster(description + " is not base64", e);
      }
    }
    if (file == null) {
      return null;
    }
    String description = "the " + name + " " + file + " " + label;
    return new Pem(description, read(file, description, StandardCharsets.ISO_8859_1));
  }

  /// Reads a file; the error names it by `description`.
  static String read(Path file, String description, Charset charset) {
    try {
      return Files.readString(file, charset);
    } catch (NoSuchFileException e) {
      throw UserFacingException.cluster("cannot read " + description + ": no such file", e);
    } catch (IOException e) {
      throw UserFacingException.cluster("cannot read " + description + ": " + e, e);
    }
  }

  /// The certificates, in order; other blocks and comments are skipped.
  List<X509Certificate> certificates() {
    List<X509Certificate> all = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (PemBlock block : PemBlock.parse(text)) {
        if (block.type().equals("CERTIFICATE")) {
          all.add(
              (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.der())));
        }
      }
    } catch (CertificateException | IllegalArgumentException e) {
      throw UserFacingException.cluster(
          description + " holds a damaged certificate: " + e.getMessage(), e);
    }
    if (all.isEmpty()) {
      throw UserFacingException.cluster(description + " holds no certificate in PEM");
    }
    return List.copyOf(all);
  }

  /// The first private key.
  PrivateKey key() {
    try {
      for (PemBlock block : PemBlock.parse(text)) {
        if (block.isKey()) {
          return block.key();
        }
      }
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw UserFacingException.cluster(
          description + " holds a key that cannot be used: " + e.getMessage(), e);
    }
    throw UserFacingException.cluster(description + " holds no private key in PEM");
  }
}
