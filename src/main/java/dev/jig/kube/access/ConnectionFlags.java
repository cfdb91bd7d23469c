package dev.jig.kube.access;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the command line says of the cluster, in kubectl's words. Null is not said, and so is an
/// empty word, as with kubectl. Each wins over the kubeconfig.
///
/// @param requestTimeoutMs 0: no limit
public record ConnectionFlags(
    @Nullable String kubeconfig,
    @Nullable String context,
    @Nullable String cluster,
    @Nullable String user,
    ServerFlags server,
    UserFlags credentials,
    Impersonation impersonation,
    @Nullable Integer requestTimeoutMs) {

  public ConnectionFlags {
    kubeconfig = emptyToNull(kubeconfig);
    context = emptyToNull(context);
    cluster = emptyToNull(cluster);
    user = emptyToNull(user);
  }

  private static @Nullable String emptyToNull(@Nullable String word) {
    return word == null || word.isEmpty() ? null : word;
  }

  /// Who is asked, and how it is known.
  public record ServerFlags(
      @Nullable String url,
      @Nullable String certificateAuthority,
      boolean insecure,
      @Nullable String tlsServerName) {
    public ServerFlags {
      url = emptyToNull(url);
      certificateAuthority = emptyToNull(certificateAuthority);
      tlsServerName = emptyToNull(tlsServerName);
    }
  }

  /// Who asks.
  public record UserFlags(
      @Nullable String token, @Nullable String clientCertificate, @Nullable String clientKey) {
    public UserFlags {
      token = emptyToNull(token);
      clientCertificate = emptyToNull(clientCertificate);
      clientKey = emptyToNull(clientKey);
    }
  }

  /// In whose name.
  public record Impersonation(@Nullable String user, List<String> groups, @Nullable String uid) {
    /// Nobody's but one's own.
    public static final Impersonation NONE = new Impersonation(null, List.of(), null);

    public Impersonation {
      user = emptyToNull(user);
      groups = List.copyOf(groups);
      uid = emptyToNull(uid);
    }
  }

  /// A kubeconfig as it is.
  ///
  /// @param kubeconfig null: by kubectl's rules
  /// @param context null: the current one
  public static ConnectionFlags of(@Nullable String kubeconfig, @Nullable String context) {
    return new ConnectionFlags(
        kubeconfig,
        context,
        null,
        null,
        new ServerFlags(null, null, false, null),
        new UserFlags(null, null, null),
        Impersonation.NONE,
        null);
  }

  /// The same in another's name.
  ///
  /// @param name empty: in one's own
  public ConnectionFlags impersonation(String name) {
    Impersonation other = new Impersonation(name, List.of(), null);
    return new ConnectionFlags(
        kubeconfig, context, cluster, user, server, credentials, other, requestTimeoutMs);
  }
}
