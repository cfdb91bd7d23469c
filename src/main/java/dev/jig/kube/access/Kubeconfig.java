package dev.jig.kube.access;

import dev.jig.event.UserFacingException;
import io.fabric8.kubernetes.api.model.AuthInfo;
import io.fabric8.kubernetes.api.model.Cluster;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.Context;
import io.fabric8.kubernetes.api.model.NamedAuthInfo;
import io.fabric8.kubernetes.api.model.NamedCluster;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The kubeconfig, merged from one file or the list in KUBECONFIG: the first file that sets a value
/// wins. Relative paths are resolved from the folder of their file.
final class Kubeconfig {
  private static final KubernetesSerialization YAML = new KubernetesSerialization();

  /// A named value, and the folder of the file it is from.
  private record FromFile<T>(T value, Path folder) {
    @Nullable Path resolve(@Nullable String path) {
      return path == null || path.isEmpty() ? null : folder.resolve(path);
    }
  }

  private final List<Path> files = new ArrayList<>();
  private final Map<String, FromFile<Cluster>> clusters = new LinkedHashMap<>();
  private final Map<String, FromFile<AuthInfo>> users = new LinkedHashMap<>();
  private final Map<String, Context> contexts = new LinkedHashMap<>();
  private String currentContext = "";

  private Kubeconfig() {}

  /// Reads the files; those of KUBECONFIG may be missing.
  ///
  /// @param flag the only file to read, which has to exist; null: KUBECONFIG, else ~/.kube/config
  /// @throws UserFacingException if a file cannot be read or parsed
  static Kubeconfig load(@Nullable String flag, Map<String, String> environment) {
    Kubeconfig merged = new Kubeconfig();
    if (flag != null) {
      merged.add(Path.of(flag));
      return merged;
    }
    String list = environment.getOrDefault("KUBECONFIG", "");
    if (list.isEmpty()) {
      String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
      list = Path.of(home, ".kube", "config").toString();
    }
    for (String file : list.split(File.pathSeparator, -1)) {
      if (!file.isEmpty() && Files.exists(Path.of(file))) {
        merged.add(Path.of(file));
      }
    }
    return merged;
  }

  private void add(Path file) {
    String description = "the kubeconfig " + file;
    String text = Pem.read(file, description, StandardCharsets.UTF_8);
    files.add(file);
    if (text.isBlank()) {
      return;
    }
    Config config;
    try {
      config = YAML.unmarshal(text, Config.class);
    } catch (RuntimeException e) { // the YAML reader documents no type
      throw UserFacingException.cluster(description + " cannot be parsed: " + firstLine(e), e);
    }
    if (config == null) {
      return;
    }
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
    for (NamedCluster cluster : config.getClusters()) {
      if (cluster.getCluster() != null) {
        clusters.putIfAbsent(cluster.getName(), new FromFile<>(cluster.getCluster(), folder));
      }
    }
    for (NamedAuthInfo user : config.getUsers()) {
      if (user.getUser() != null) {
        users.putIfAbsent(user.getName(), new FromFile<>(user.getUser(), folder));
      }
    }
    for (NamedContext context : config.getContexts()) {
      if (context.getContext() != null) {
        contexts.putIfAbsent(context.getName(), context.getContext());
      }
    }
    if (currentContext.isEmpty() && config.getCurrentContext() != null) {
      currentContext = config.getCurrentContext();
    }
  }

  private static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
  }

  /// Whether the files define nothing.
  boolean isEmpty() {
    return clusters.isEmpty() && users.isEmpty() && contexts.isEmpty();
  }

  /// The settings of the selected context, overridden by the flags.
  ///
  /// @throws UserFacingException if a selected name does not exist
  ConnectionSettings connectionSettings(ConnectionFlags flags) {
    Context context = context(flags);
    String cluster = firstOrEmpty(flags.cluster(), context.getCluster());
    String user = firstOrEmpty(flags.user(), context.getUser());
    FromFile<AuthInfo> authInfo = user(user);
    return new ConnectionSettings(
        server(cluster, flags.server()),
        credentials(user, authInfo, flags, cluster),
        impersonation(flags.impersonation(), authInfo.value()),
        emptyToNull(context.getNamespace()));
  }

  private static String firstOrEmpty(@Nullable String flag, @Nullable String configured) {
    return flag != null ? flag : configured != null ? configured : "";
  }

  private static @Nullable String emptyToNull(@Nullable String text) {
    return text == null || text.isEmpty() ? null : text;
  }

  private Context context(ConnectionFlags flags) {
    String name = firstOrEmpty(flags.context(), currentContext);
    Context found = contexts.get(name);
    if (found != null) {
      return found;
    }
    if (!name.isEmpty()) {
      throw UserFacingException.cluster(
          "context \""
              + name
              + "\" does not exist"
              + inFiles()
              + availableNames("contexts", contexts));
    }
    if (flags.server().url() == null && flags.cluster() == null) {
      throw UserFacingException.cluster(
          files.isEmpty()
              ? "there is no kubeconfig: set KUBECONFIG, or write --kubeconfig FILE or --server URL"
              : "no current-context is set"
                  + inFiles()
                  + ": write --context NAME"
                  + availableNames("contexts", contexts));
    }
    return new Context();
  }

  private String inFiles() {
    return files.isEmpty()
        ? ""
        : " in " + String.join(", ", files.stream().map(Path::toString).toList());
  }

  private static String availableNames(String what, Map<String, ?> available) {
    Set<String> names = available.keySet();
    return " (its " + what + ": " + (names.isEmpty() ? "none" : String.join(", ", names)) + ")";
  }

  private ConnectionSettings.Server server(String name, ConnectionFlags.ServerFlags flags) {
    FromFile<Cluster> entry = clusters.get(name);
    if (entry == null && !name.isEmpty() && flags.url() == null) {
      throw UserFacingException.cluster(
          "cluster \""
              + name
              + "\" does not exist"
              + inFiles()
              + availableNames("clusters", clusters));
    }
    if (entry == null) {
      entry = new FromFile<>(new Cluster(), Path.of(""));
    }
    Cluster cluster = entry.value();
    String url = firstOrEmpty(flags.url(), cluster.getServer());
    if (url.isEmpty()) {
      throw UserFacingException.cluster("cluster \"" + name + "\" names no server" + inFiles());
    }
    boolean insecure =
        flags.insecure()
            || flags.certificateAuthority() == null
                && Boolean.TRUE.equals(cluster.getInsecureSkipTlsVerify());
    // As in kubectl, --server also discards the kubeconfig's tls-server-name.
    String tlsName =
        flags.tlsServerName() != null || flags.url() != null
            ? flags.tlsServerName()
            : cluster.getTlsServerName();
    return new ConnectionSettings.Server(
        withScheme(url),
        insecure ? null : authority(name, entry, flags),
        insecure,
        emptyToNull(tlsName),
        emptyToNull(cluster.getProxyUrl()));
  }

  /// As in kubectl, a URL without a scheme is http.
  private static String withScheme(String url) {
    return url.contains("://") ? url : "http://" + url;
  }

  private static @Nullable Pem authority(
      String name, FromFile<Cluster> cluster, ConnectionFlags.ServerFlags flags) {
    return pem(
        "certificate-authority",
        flags.certificateAuthority(),
        cluster.value().getCertificateAuthorityData(),
        cluster.resolve(cluster.value().getCertificateAuthority()),
        "of cluster \"" + name + "\"");
  }

  private FromFile<AuthInfo> user(String name) {
    FromFile<AuthInfo> entry = users.get(name);
    if (entry == null && !name.isEmpty()) {
      throw UserFacingException.cluster(
          "user \"" + name + "\" does not exist" + inFiles() + availableNames("users", users));
    }
    return entry == null ? new FromFile<>(new AuthInfo(), Path.of("")) : entry;
  }

  private ConnectionSettings.Credentials credentials(
      String name, FromFile<AuthInfo> entry, ConnectionFlags flags, String clusterName) {
    AuthInfo user = entry.value();
    String userLabel = "of user \"" + name + "\"";
    ConnectionFlags.UserFlags userFlags = flags.credentials();
    Pem certificate =
        pem(
            "client-certificate",
            userFlags.clientCertificate(),
            user.getClientCertificateData(),
            entry.resolve(user.getClientCertificate()),
            userLabel);
    Pem key =
        pem(
            "client-key",
            userFlags.clientKey(),
            user.getClientKeyData(),
            entry.resolve(user.getClientKey()),
            userLabel);
    requireBothOrNone(certificate, key);
    TokenSource token = token(userFlags.token(), entry, userLabel);
    ExecPlugin plugin = null;
    if (user.getExec() != null && token == null && certificate == null) {
      Cluster cluster = execClusterInfo(clusterName, flags);
      plugin = ExecPlugin.of(user.getExec(), entry.folder(), userLabel, cluster);
    }
    if (user.getAuthProvider() != null && token == null && plugin == null) {
      throw UserFacingException.cluster(
          "the auth-provider \""
              + user.getAuthProvider().getName()
              + "\" "
              + userLabel
              + " is no longer supported, as by kubectl: use an exec plugin");
    }
    return new ConnectionSettings.Credentials(name, certificate, key, token, plugin);
  }

  /// The flag's file, else the kubeconfig's inline data, else its file; null: none of them.
  private static @Nullable Pem pem(
      String name,
      @Nullable String flag,
      @Nullable String base64,
      @Nullable Path file,
      String label) {
    return flag != null
        ? Pem.load(name, null, Path.of(flag), "of the command line")
        : Pem.load(name, base64, file, label);
  }

  private static void requireBothOrNone(@Nullable Pem certificate, @Nullable Pem key) {
    if (certificate == null && key != null) {
      throw UserFacingException.cluster("there is no client-certificate for " + key.description());
    }
    if (certificate != null && key == null) {
      throw UserFacingException.cluster("there is no client-key for " + certificate.description());
    }
  }

  private @Nullable Cluster execClusterInfo(String name, ConnectionFlags flags) {
    FromFile<Cluster> entry = clusters.get(name);
    if (entry == null || flags.server().url() != null) {
      return null;
    }
    return entry.value();
  }

  private static @Nullable TokenSource token(
      @Nullable String flag, FromFile<AuthInfo> entry, String userLabel) {
    AuthInfo user = entry.value();
    if (flag != null) {
      return TokenSource.of(flag);
    }
    Path file = entry.resolve(user.getTokenFile());
    if (file != null) {
      return new TokenSource.TokenFile(file, "the tokenFile " + file + " " + userLabel);
    }
    if (user.getToken() != null && !user.getToken().isEmpty()) {
      return TokenSource.of(user.getToken());
    }
    if (user.getUsername() != null && user.getPassword() != null) {
      return TokenSource.of(user.getUsername(), user.getPassword());
    }
    return null;
  }

  private static ConnectionFlags.Impersonation impersonation(
      ConnectionFlags.Impersonation flags, AuthInfo user) {
    String as = flags.user() != null ? flags.user() : emptyToNull(user.getAs());
    List<String> groups = flags.groups();
    if (groups.isEmpty() && user.getAsGroups() != null) {
      groups = user.getAsGroups();
    }
    String uid = flags.uid() != null ? flags.uid() : emptyToNull(user.getAsUid());
    return new ConnectionFlags.Impersonation(as, List.copyOf(groups), uid);
  }
}
