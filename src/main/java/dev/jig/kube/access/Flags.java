package dev.jig.kube.access;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the command line says of the cluster, in kubectl's words. Null is not said, and so is an
/// empty word, as with kubectl. Each wins over the kubeconfig.
///
/// @param requestTimeoutMs 0: no limit
public record Flags(
    @Nullable String kubeconfig,
    @Nullable String context,
    @Nullable String cluster,
    @Nullable String user,
    OfServer server,
    OfUser credentials,
    Impersonation as,
    @Nullable Integer requestTimeoutMs) {

  public Flags {
    kubeconfig = said(kubeconfig);
    context = said(context);
    cluster = said(cluster);
    user = said(user);
  }

  private static @Nullable String said(@Nullable String word) {
    return word == null || word.isEmpty() ? null : word;
  }

  /// Who is asked, and how it is known.
  public record OfServer(
      @Nullable String url,
      @Nullable String certificateAuthority,
      boolean insecure,
      @Nullable String tlsServerName) {
    public OfServer {
      url = said(url);
      certificateAuthority = said(certificateAuthority);
      tlsServerName = said(tlsServerName);
    }
  }

  /// Who asks.
  public record OfUser(
      @Nullable String token, @Nullable String clientCertificate, @Nullable String clientKey) {
    public OfUser {
      token = said(token);
      clientCertificate = said(clientCertificate);
      clientKey = said(clientKey);
    }
  }

  /// In whose name.
  public record Impersonation(@Nullable String user, List<String> groups, @Nullable String uid) {
    /// Nobody's but one's own.
    public static final Impersonation NONE = new Impersonation(null, List.of(), null);

    public Impersonation {
      user = said(user);
      groups = List.copyOf(groups);
      uid = said(uid);
    }
  }

  /// A kubeconfig as it is.
  ///
  /// @param kubeconfig null: by kubectl's rules
  /// @param context null: the current one
  public static Flags of(@Nullable String kubeconfig, @Nullable String context) {
    return new Flags(
        kubeconfig,
        context,
        null,
        null,
        new OfServer(null, null, false, null),
        new OfUser(null, null, null),
        Impersonation.NONE,
        null);
  }

  /// The same in another's name.
  ///
  /// @param name empty: in one's own
  public Flags as(String name) {
    Impersonation other = new Impersonation(name, List.of(), null);
    return new Flags(
        kubeconfig, context, cluster, user, server, credentials, other, requestTimeoutMs);
  }
}
