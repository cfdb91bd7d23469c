package dev.jig.kube.access;

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

/// The kubeconfig, of one file or the list in KUBECONFIG: what an earlier file says, no later one
/// changes. Relative paths begin where the file is that has them.
final class Kubeconfig {
  private static final KubernetesSerialization YAML = new KubernetesSerialization();

  /// An entry, and the folder of the file that has it.
  private record Entry<T>(T value, Path folder) {
    @Nullable Path file(@Nullable String path) {
      return path == null || path.isEmpty() ? null : folder.resolve(path);
    }
  }

  private final List<Path> files = new ArrayList<>();
  private final Map<String, Entry<Cluster>> clusters = new LinkedHashMap<>();
  private final Map<String, Entry<AuthInfo>> users = new LinkedHashMap<>();
  private final Map<String, Context> contexts = new LinkedHashMap<>();
  private String currentContext = "";

  private Kubeconfig() {}

  /// Reads the files there are.
  ///
  /// @param flag the only file, if it was said; it has to be there
  /// @throws ClusterProblem if one can't be read
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
    String what = "the kubeconfig " + file;
    String text = Pem.read(file, what, StandardCharsets.UTF_8);
    files.add(file);
    if (text.isBlank()) {
      return;
    }
    Config config;
    try {
      config = YAML.unmarshal(text, Config.class);
    } catch (RuntimeException e) { // of the YAML reader: no type says which
      throw new ClusterProblem(what + " cannot be understood: " + firstLine(e), e);
    }
    if (config == null) {
      return;
    }
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
    for (NamedCluster cluster : config.getClusters()) {
      if (cluster.getCluster() != null) {
        clusters.putIfAbsent(cluster.getName(), new Entry<>(cluster.getCluster(), folder));
      }
    }
    for (NamedAuthInfo user : config.getUsers()) {
      if (user.getUser() != null) {
        users.putIfAbsent(user.getName(), new Entry<>(user.getUser(), folder));
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

  /// Whether no file said anything.
  boolean isEmpty() {
    return clusters.isEmpty() && users.isEmpty() && contexts.isEmpty();
  }

  /// What the flags pick, and change.
  ///
  /// @throws ClusterProblem if something named is not there
  Connection connection(Flags flags) {
    Context context = context(flags);
    String cluster = said(flags.cluster(), context.getCluster());
    String user = said(flags.user(), context.getUser());
    Entry<AuthInfo> authInfo = user(user);
    return new Connection(
        server(cluster, flags.server()),
        login(user, authInfo, flags, cluster),
        impersonation(flags.as(), authInfo.value()),
        blank(context.getNamespace()));
  }

  private static String said(@Nullable String flag, @Nullable String otherwise) {
    return flag != null ? flag : otherwise != null ? otherwise : "";
  }

  private static @Nullable String blank(@Nullable String text) {
    return text == null || text.isEmpty() ? null : text;
  }

  private Context context(Flags flags) {
    String name = said(flags.context(), currentContext);
    Context found = contexts.get(name);
    if (found != null) {
      return found;
    }
    if (!name.isEmpty()) {
      throw new ClusterProblem(
          "context \"" + name + "\" does not exist" + inFiles() + among("contexts", contexts));
    }
    if (flags.server().url() == null && flags.cluster() == null) {
      throw new ClusterProblem(
          files.isEmpty()
              ? "there is no kubeconfig: set KUBECONFIG, or write --kubeconfig FILE or --server URL"
              : "no current-context is set"
                  + inFiles()
                  + ": write --context NAME"
                  + among("contexts", contexts));
    }
    return new Context();
  }

  private String inFiles() {
    return files.isEmpty()
        ? ""
        : " in " + String.join(", ", files.stream().map(Path::toString).toList());
  }

  private static String among(String what, Map<String, ?> there) {
    Set<String> names = there.keySet();
    return " (its " + what + ": " + (names.isEmpty() ? "none" : String.join(", ", names)) + ")";
  }

  private Connection.Server server(String name, Flags.OfServer flags) {
    Entry<Cluster> entry = clusters.get(name);
    if (entry == null && !name.isEmpty() && flags.url() == null) {
      throw new ClusterProblem(
          "cluster \"" + name + "\" does not exist" + inFiles() + among("clusters", clusters));
    }
    if (entry == null) {
      entry = new Entry<>(new Cluster(), Path.of(""));
    }
    Cluster cluster = entry.value();
    String url = said(flags.url(), cluster.getServer());
    if (url.isEmpty()) {
      throw new ClusterProblem("cluster \"" + name + "\" names no server" + inFiles());
    }
    boolean insecure =
        flags.insecure()
            || flags.certificateAuthority() == null
                && Boolean.TRUE.equals(cluster.getInsecureSkipTlsVerify());
    // Another server has another name, as kubectl sees it.
    String tlsName =
        flags.tlsServerName() != null || flags.url() != null
            ? flags.tlsServerName()
            : cluster.getTlsServerName();
    return new Connection.Server(
        withScheme(url),
        insecure ? null : authority(name, entry, flags),
        insecure,
        blank(tlsName),
        blank(cluster.getProxyUrl()));
  }

  /// As kubectl completes it.
  private static String withScheme(String url) {
    return url.contains("://") ? url : "http://" + url;
  }

  private static @Nullable Pem authority(
      String name, Entry<Cluster> cluster, Flags.OfServer flags) {
    if (flags.certificateAuthority() != null) {
      return Pem.of(
          "certificate-authority",
          null,
          Path.of(flags.certificateAuthority()),
          "of the command line");
    }
    return Pem.of(
        "certificate-authority",
        cluster.value().getCertificateAuthorityData(),
        cluster.file(cluster.value().getCertificateAuthority()),
        "of cluster \"" + name + "\"");
  }

  private Entry<AuthInfo> user(String name) {
    Entry<AuthInfo> entry = users.get(name);
    if (entry == null && !name.isEmpty()) {
      throw new ClusterProblem(
          "user \"" + name + "\" does not exist" + inFiles() + among("users", users));
    }
    return entry == null ? new Entry<>(new AuthInfo(), Path.of("")) : entry;
  }

  private Connection.Login login(
      String name, Entry<AuthInfo> entry, Flags flags, String clusterName) {
    AuthInfo user = entry.value();
    String whose = "of user \"" + name + "\"";
    Flags.OfUser said = flags.credentials();
    Pem certificate =
        said.clientCertificate() != null
            ? Pem.of(
                "client-certificate",
                null,
                Path.of(said.clientCertificate()),
                "of the command line")
            : Pem.of(
                "client-certificate",
                user.getClientCertificateData(),
                entry.file(user.getClientCertificate()),
                whose);
    Pem key =
        said.clientKey() != null
            ? Pem.of("client-key", null, Path.of(said.clientKey()), "of the command line")
            : Pem.of("client-key", user.getClientKeyData(), entry.file(user.getClientKey()), whose);
    if ((certificate == null) != (key == null)) {
      throw new ClusterProblem(
          (certificate == null
                  ? "there is no client-certificate for "
                  : "there is no client-key for ")
              + Objects.requireNonNull(certificate == null ? key : certificate).what());
    }
    TokenSource token = token(said.token(), entry, whose);
    ExecPlugin plugin = null;
    if (user.getExec() != null && token == null && certificate == null) {
      plugin = ExecPlugin.of(user.getExec(), entry.folder(), whose, clusterOf(clusterName, flags));
    }
    if (user.getAuthProvider() != null && token == null && plugin == null) {
      throw new ClusterProblem(
          "the auth-provider \""
              + user.getAuthProvider().getName()
              + "\" "
              + whose
              + " is no longer supported, as by kubectl: take an exec plugin");
    }
    return new Connection.Login(name, certificate, key, token, plugin);
  }

  private @Nullable Cluster clusterOf(String name, Flags flags) {
    Entry<Cluster> entry = clusters.get(name);
    if (entry == null || flags.server().url() != null) {
      return null;
    }
    return entry.value();
  }

  private static @Nullable TokenSource token(
      @Nullable String flag, Entry<AuthInfo> entry, String whose) {
    AuthInfo user = entry.value();
    if (flag != null) {
      return TokenSource.of(flag);
    }
    Path file = entry.file(user.getTokenFile());
    if (file != null) {
      return new TokenSource.OfFile(file, "the tokenFile " + file + " " + whose);
    }
    if (user.getToken() != null && !user.getToken().isEmpty()) {
      return TokenSource.of(user.getToken());
    }
    if (user.getUsername() != null && user.getPassword() != null) {
      return TokenSource.of(user.getUsername(), user.getPassword());
    }
    return null;
  }

  private static Flags.Impersonation impersonation(Flags.Impersonation flags, AuthInfo user) {
    String as = flags.user() != null ? flags.user() : blank(user.getAs());
    List<String> groups = flags.groups();
    if (groups.isEmpty() && user.getAsGroups() != null) {
      groups = user.getAsGroups();
    }
    String uid = flags.uid() != null ? flags.uid() : blank(user.getAsUid());
    return new Flags.Impersonation(as, List.copyOf(groups), uid);
  }
}
