package dev.jig.kube.access;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// Connection settings from the service account of the pod this process runs in.
///
/// @param folder where kubelet mounts the service account
record InClusterConfig(Map<String, String> environment, Path folder) {
  static final Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

  boolean isAvailable() {
    return environment.containsKey("KUBERNETES_SERVICE_HOST")
        && environment.containsKey("KUBERNETES_SERVICE_PORT")
        && Files.isReadable(folder.resolve("token"));
  }

  ConnectionSettings connectionSettings(ConnectionFlags flags) {
    String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "");
    String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "");
    String bracketed = host.contains(":") ? "[" + host + "]" : host;
    Path namespace = folder.resolve("namespace");
    String token = flags.credentials().token();
    Path tokenFile = folder.resolve("token");
    return new ConnectionSettings(
        new ConnectionSettings.Server(
            "https://" + bracketed + ":" + port,
            Pem.load("authority", null, folder.resolve("ca.crt"), "of the pod's service account"),
            flags.server().insecure(),
            flags.server().tlsServerName(),
            null),
        new ConnectionSettings.Credentials(
            "of the pod",
            null,
            null,
            token != null
                ? TokenSource.of(token)
                : new TokenSource.TokenFile(tokenFile, "the service account's token " + tokenFile),
            null),
        flags.impersonation(),
        Files.isReadable(namespace)
            ? Pem.read(namespace, "the pod's namespace", StandardCharsets.UTF_8).strip()
            : null);
  }
}
