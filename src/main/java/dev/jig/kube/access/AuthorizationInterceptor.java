package dev.jig.kube.access;

import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.Interceptor;
import java.net.HttpURLConnection;
import java.util.concurrent.CompletableFuture;

/// Sets the Authorization header of each request; after 401 renews the token and retries once.
record AuthorizationInterceptor(TokenSource source) implements Interceptor {
  private static final String HEADER = "Authorization";

  @Override
  public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
    String authorization = source.authorization();
    if (!authorization.isEmpty()) {
      builder.setHeader(HEADER, authorization);
    }
  }

  @Override
  public CompletableFuture<Boolean> afterFailure(
      BasicBuilder builder, HttpResponse<?> response, RequestTags tags) {
    if (response.code() != HttpURLConnection.HTTP_UNAUTHORIZED || !source.renew()) {
      return CompletableFuture.completedFuture(false);
    }
    builder.setHeader(HEADER, source.authorization());
    return CompletableFuture.completedFuture(true);
  }
}
