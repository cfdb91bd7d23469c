package dev.jig.container.cri;

import dev.jig.container.cri.api.CriContainer;
import dev.jig.container.cri.api.CriEvent;
import dev.jig.container.cri.api.CriImage;
import dev.jig.container.cri.api.EventsRequest;
import dev.jig.container.cri.api.IdFilter;
import dev.jig.container.cri.api.ImageFilter;
import dev.jig.container.cri.api.ImageServiceGrpc;
import dev.jig.container.cri.api.ImageSpec;
import dev.jig.container.cri.api.ListContainersReply;
import dev.jig.container.cri.api.ListContainersRequest;
import dev.jig.container.cri.api.ListImagesReply;
import dev.jig.container.cri.api.ListImagesRequest;
import dev.jig.container.cri.api.ListSandboxesReply;
import dev.jig.container.cri.api.ListSandboxesRequest;
import dev.jig.container.cri.api.NamespaceMode;
import dev.jig.container.cri.api.RuntimeServiceGrpc;
import dev.jig.container.cri.api.Sandbox;
import dev.jig.container.cri.api.SandboxStatusRequest;
import dev.jig.container.cri.api.VersionReply;
import dev.jig.container.cri.api.VersionRequest;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// The calls of the Container Runtime Interface that names need, in version `v1` or, if the runtime
/// does not have that, `v1alpha2`, where only the names of the services differ.
final class CriApi {
  private static final String V1 = "runtime.v1.";
  private static final String V1ALPHA2 = "runtime.v1alpha2.";

  private final GrpcChannel channel;
  private boolean isAlpha;

  CriApi(GrpcChannel socket) {
    this.channel = socket;
  }

  /// Determines the version; to be called before all others. Fails with [Status.Code#UNIMPLEMENTED]
  /// if the runtime does not serve CRI.
  CompletableFuture<VersionReply> detectVersion() {
    VersionRequest request = VersionRequest.getDefaultInstance();
    return call(RuntimeServiceGrpc.getVersionMethod(), request)
        .exceptionallyCompose(failure -> {
          if (Status.fromThrowable(failure).getCode() != Status.Code.UNIMPLEMENTED) {
            return CompletableFuture.failedFuture(failure);
          }
          isAlpha = true;
          return call(RuntimeServiceGrpc.getVersionMethod(), request);
        });
  }

  CompletableFuture<List<CriContainer>> containers() {
    return call(
            RuntimeServiceGrpc.getListContainersMethod(),
            ListContainersRequest.getDefaultInstance())
        .thenApply(ListContainersReply::getContainersList);
  }

  /// Containers with an id that begins with `id`.
  CompletableFuture<List<CriContainer>> containers(String id) {
    return call(
            RuntimeServiceGrpc.getListContainersMethod(),
            ListContainersRequest.newBuilder().setFilter(filter(id)).build())
        .thenApply(ListContainersReply::getContainersList);
  }

  CompletableFuture<List<Sandbox>> sandboxes() {
    return call(
            RuntimeServiceGrpc.getListPodSandboxMethod(), ListSandboxesRequest.getDefaultInstance())
        .thenApply(ListSandboxesReply::getItemsList);
  }

  /// Sandboxes with an id that begins with `id`.
  CompletableFuture<List<Sandbox>> sandboxes(String id) {
    return call(
            RuntimeServiceGrpc.getListPodSandboxMethod(),
            ListSandboxesRequest.newBuilder().setFilter(filter(id)).build())
        .thenApply(ListSandboxesReply::getItemsList);
  }

  /// Whether a sandbox uses the host's network; false if the sandbox is gone.
  CompletableFuture<Boolean> isOnHostNetwork(String sandboxId) {
    return call(
            RuntimeServiceGrpc.getPodSandboxStatusMethod(),
            SandboxStatusRequest.newBuilder().setPodSandboxId(sandboxId).build())
        .thenApply(reply -> reply.getStatus().getLinux().getNamespaces().getOptions().getNetwork())
        .thenApply(mode -> mode == NamespaceMode.NODE)
        .exceptionally(_ -> false);
  }

  /// What a runtime says of a sandbox beyond CRI, as JSON; empty if it says nothing.
  CompletableFuture<String> sandboxInfo(String sandboxId) {
    return call(
            RuntimeServiceGrpc.getPodSandboxStatusMethod(),
            SandboxStatusRequest.newBuilder().setPodSandboxId(sandboxId).setVerbose(true).build())
        .thenApply(reply -> reply.getInfoOrDefault("info", ""));
  }

  CompletableFuture<List<CriImage>> images() {
    return call(ImageServiceGrpc.getListImagesMethod(), ListImagesRequest.getDefaultInstance())
        .thenApply(ListImagesReply::getImagesList);
  }

  /// The image of a name or an id; empty if it is gone.
  CompletableFuture<List<CriImage>> images(String reference) {
    ImageFilter filter =
        ImageFilter.newBuilder().setImage(ImageSpec.newBuilder().setImage(reference)).build();
    return call(
            ImageServiceGrpc.getListImagesMethod(),
            ListImagesRequest.newBuilder().setFilter(filter).build())
        .thenApply(ListImagesReply::getImagesList)
        .exceptionally(_ -> List.of());
  }

  /// Subscribes to events of containers and sandboxes (`v1` only; optional there).
  void subscribe(Consumer<CriEvent> each, Consumer<Status> end) {
    channel.subscribe(
        versioned(RuntimeServiceGrpc.getGetContainerEventsMethod()),
        EventsRequest.getDefaultInstance(),
        each,
        end);
  }

  private static IdFilter filter(String id) {
    return IdFilter.newBuilder().setId(id).build();
  }

  private <Q, A> CompletableFuture<A> call(MethodDescriptor<Q, A> method, Q request) {
    return channel.call(versioned(method), request, _ -> {});
  }

  private <Q, A> MethodDescriptor<Q, A> versioned(MethodDescriptor<Q, A> method) {
    if (!isAlpha) {
      return method;
    }
    String name = V1ALPHA2 + method.getFullMethodName().substring(V1.length());
    return method.toBuilder().setFullMethodName(name).build();
  }
}
