package dev.jig.kube.access;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// kubectl's connection flags. Null: not given; an empty string counts as not given, as with
/// kubectl. Each overrides the kubeconfig.
///
/// @param requestTimeoutMs 0: none
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

  private static @Nullable String emptyToNull(@Nullable String text) {
    return text == null || text.isEmpty() ? null : text;
  }

  /// Flags about the API server.
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

  /// Flags about the user.
  public record UserFlags(
      @Nullable String token, @Nullable String clientCertificate, @Nullable String clientKey) {
    public UserFlags {
      token = emptyToNull(token);
      clientCertificate = emptyToNull(clientCertificate);
      clientKey = emptyToNull(clientKey);
    }
  }

  /// User to impersonate.
  ///
  /// @param user null: none
  public record Impersonation(@Nullable String user, List<String> groups, @Nullable String uid) {
    /// No impersonation.
    public static final Impersonation NONE = new Impersonation(null, List.of(), null);

    public Impersonation {
      user = emptyToNull(user);
      groups = List.copyOf(groups);
      uid = emptyToNull(uid);
    }
  }

  /// Flags that only select a kubeconfig and its context.
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

  /// The same with a user to impersonate.
  ///
  /// @param name empty: none
  public ConnectionFlags impersonation(String name) {
    Impersonation other = new Impersonation(name, List.of(), null);
    return new ConnectionFlags(
        kubeconfig, context, cluster, user, server, credentials, other, requestTimeoutMs);
  }
}
