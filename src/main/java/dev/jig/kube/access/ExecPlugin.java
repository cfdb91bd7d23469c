package dev.jig.kube.access;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.jig.event.UserFacingException;
import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.ExecConfig;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.Console;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A kubeconfig's exec plugin (`client.authentication.k8s.io`): a program that prints credentials.
/// Runs when they are first needed, and again when they have expired or were rejected.
final class ExecPlugin implements TokenSource {
  private static final String GROUP = "client.authentication.k8s.io/";
  private static final Set<String> VERSIONS = Set.of(GROUP + "v1", GROUP + "v1beta1");
  private static final KubernetesSerialization JSON = new KubernetesSerialization();

  /// The status of the ExecCredential it printed.
  ///
  /// @param expires null: never
  record ExecCredential(
      @Nullable String token,
      @Nullable Pem certificate,
      @Nullable Pem key,
      @Nullable Instant expires) {
    boolean isExpired() {
      return expires != null && !Instant.now().isBefore(expires);
    }
  }

  private final ExecConfig config;
  private final Path folder;
  private final String userLabel;
  private final @Nullable Cluster cluster;
  private @Nullable ExecCredential cached;

  private ExecPlugin(ExecConfig config, Path folder, String userLabel, @Nullable Cluster cluster) {
    this.config = config;
    this.folder = folder;
    this.userLabel = userLabel;
    this.cluster = cluster;
  }

  /// @param folder the kubeconfig's, from which a relative path of the program is resolved
  /// @param userLabel such as `of user "x"`, for messages
  /// @param cluster for a plugin with `provideClusterInfo`; null: not available
  /// @throws UserFacingException if its configuration is invalid
  static ExecPlugin of(
      ExecConfig config, Path folder, String userLabel, @Nullable Cluster cluster) {
    if (config.getCommand() == null || config.getCommand().isEmpty()) {
      throw UserFacingException.cluster("the exec plugin " + userLabel + " names no command");
    }
    if (!VERSIONS.contains(String.valueOf(config.getApiVersion()))) {
      throw UserFacingException.cluster(
          "the exec plugin "
              + config.getCommand()
              + " "
              + userLabel
              + " has apiVersion \""
              + config.getApiVersion()
              + "\", supported are "
              + GROUP
              + "v1 and v1beta1");
    }
    return new ExecPlugin(config, folder, userLabel, cluster);
  }

  /// The current credentials; runs the program if there are none or they have expired.
  ///
  /// @throws UserFacingException if it cannot be run, fails, or prints no credentials
  synchronized ExecCredential credential() {
    ExecCredential current = cached;
    if (current == null || current.isExpired()) {
      current = run();
      cached = current;
    }
    return current;
  }

  @Override
  public String authorization() {
    String token = credential().token();
    return token == null ? "" : "Bearer " + token;
  }

  @Override
  public synchronized boolean renew() {
    cached = null;
    return credential().token() != null;
  }

  private ExecCredential run() {
    boolean interactive = isInteractive();
    try {
      Process process = processBuilder(interactive).start();
      if (!interactive) {
        process.getOutputStream().close();
      }
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = process.waitFor();
      if (code != 0) {
        throw UserFacingException.cluster(
            description() + " failed with exit code " + code + installHint());
      }
      return credential(output);
    } catch (IOException e) {
      throw UserFacingException.cluster(
          description() + " cannot be run: " + e.getMessage() + installHint(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw UserFacingException.cluster(description() + " was interrupted", e);
    }
  }

  private ProcessBuilder processBuilder(boolean interactive) {
    List<String> command = new ArrayList<>();
    command.add(program());
    if (config.getArgs() != null) {
      command.addAll(config.getArgs());
    }
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    Map<String, String> environment = builder.environment();
    if (config.getEnv() != null) {
      config.getEnv().forEach(each -> environment.put(each.getName(), each.getValue()));
    }
    environment.put("KUBERNETES_EXEC_INFO", execInfo(interactive));
    if (interactive) {
      builder.redirectInput(ProcessBuilder.Redirect.INHERIT);
    }
    return builder;
  }

  private String program() {
    String command = config.getCommand();
    boolean hasPath = command.contains("/") || command.contains("\\");
    return hasPath ? folder.resolve(command).toString() : command;
  }

  private String description() {
    return "the exec plugin " + config.getCommand() + " " + userLabel;
  }

  private String installHint() {
    String hint = config.getInstallHint();
    return hint == null || hint.isBlank() ? "" : "; " + hint.strip();
  }

  @SuppressWarnings("SystemConsoleNull") // null with -Djdk.console=java.base
  private boolean isInteractive() {
    Console console = System.console();
    boolean terminal = console != null && console.isTerminal();
    return switch (String.valueOf(config.getInteractiveMode())) {
      case "Never" -> false;
      case "Always" -> {
        if (!terminal) {
          throw UserFacingException.cluster(description() + " needs a terminal, and there is none");
        }
        yield true;
      }
      default -> terminal; // IfAvailable, and where v1beta1 says nothing
    };
  }

  /// The ExecCredential that is passed to the program.
  private String execInfo(boolean interactive) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("kind", "ExecCredential");
      json.writeStringField("apiVersion", config.getApiVersion());
      json.writeObjectFieldStart("spec");
      json.writeBooleanField("interactive", interactive);
      if (cluster != null && Boolean.TRUE.equals(config.getProvideClusterInfo())) {
        writeCluster(json, cluster);
      }
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // not thrown by a StringWriter
    }
    return text.toString();
  }

  private static void writeCluster(JsonGenerator json, Cluster cluster) throws IOException {
    json.writeObjectFieldStart("cluster");
    json.writeStringField("server", cluster.getServer());
    if (cluster.getTlsServerName() != null) {
      json.writeStringField("tls-server-name", cluster.getTlsServerName());
    }
    if (Boolean.TRUE.equals(cluster.getInsecureSkipTlsVerify())) {
      json.writeBooleanField("insecure-skip-tls-verify", true);
    }
    if (cluster.getCertificateAuthorityData() != null) {
      json.writeStringField("certificate-authority-data", cluster.getCertificateAuthorityData());
    }
    if (cluster.getProxyUrl() != null) {
      json.writeStringField("proxy-url", cluster.getProxyUrl());
    }
    json.writeEndObject();
  }

  private ExecCredential credential(String output) {
    Map<?, ?> printed;
    try {
      printed = JSON.unmarshal(output, Map.class);
    } catch (RuntimeException e) { // the JSON reader documents no type
      throw UserFacingException.cluster(description() + " printed no ExecCredential", e);
    }
    if (printed == null || !"ExecCredential".equals(printed.get("kind"))) {
      throw UserFacingException.cluster(description() + " printed no ExecCredential");
    }
    if (!config.getApiVersion().equals(printed.get("apiVersion"))) {
      throw UserFacingException.cluster(
          description()
              + " printed apiVersion \""
              + printed.get("apiVersion")
              + "\" in place of \""
              + config.getApiVersion()
              + "\"");
    }
    if (!(printed.get("status") instanceof Map<?, ?> status)) {
      throw UserFacingException.cluster(
          description() + " printed an ExecCredential without a status");
    }
    return credential(status);
  }

  private ExecCredential credential(Map<?, ?> status) {
    String token = text(status, "token");
    Pem certificate = pem(status, "clientCertificateData");
    Pem key = pem(status, "clientKeyData");
    if ((certificate == null) != (key == null)) {
      throw UserFacingException.cluster(
          description() + " printed only one of clientCertificateData and clientKeyData");
    }
    if (token == null && certificate == null) {
      throw UserFacingException.cluster(
          description() + " printed neither a token nor a certificate");
    }
    String expires = text(status, "expirationTimestamp");
    try {
      return new ExecCredential(
          token, certificate, key, expires == null ? null : Instant.parse(expires));
    } catch (DateTimeParseException e) {
      throw UserFacingException.cluster(
          description() + " printed an invalid expirationTimestamp: \"" + expires + "\"", e);
    }
  }

  private static @Nullable String text(Map<?, ?> status, String name) {
    return status.get(name) instanceof String text && !text.isEmpty() ? text : null;
  }

  /// PEM text, not in base64.
  private @Nullable Pem pem(Map<?, ?> status, String name) {
    String text = text(status, name);
    return text == null ? null : new Pem("the " + name + " of " + description(), text);
  }
}
