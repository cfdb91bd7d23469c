package dev.jig.container.cri;

import dev.jig.container.cri.containerd.ContainersGrpc;
import dev.jig.container.cri.containerd.ContainersMessage;
import dev.jig.container.cri.containerd.ContainersRequest;
import dev.jig.container.cri.containerd.Envelope;
import dev.jig.container.cri.containerd.EventsGrpc;
import dev.jig.container.cri.containerd.GetContainerReply;
import dev.jig.container.cri.containerd.GetContainerRequest;
import dev.jig.container.cri.containerd.GetImageReply;
import dev.jig.container.cri.containerd.GetImageRequest;
import dev.jig.container.cri.containerd.GetTaskReply;
import dev.jig.container.cri.containerd.GetTaskRequest;
import dev.jig.container.cri.containerd.ImagesGrpc;
import dev.jig.container.cri.containerd.ListNamespacesRequest;
import dev.jig.container.cri.containerd.ListTasksReply;
import dev.jig.container.cri.containerd.ListTasksRequest;
import dev.jig.container.cri.containerd.NamespacesGrpc;
import dev.jig.container.cri.containerd.PlainContainer;
import dev.jig.container.cri.containerd.PlainImage;
import dev.jig.container.cri.containerd.PlainNamespace;
import dev.jig.container.cri.containerd.SubscribeRequest;
import dev.jig.container.cri.containerd.Task;
import dev.jig.container.cri.containerd.TasksGrpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// The calls of containerd's own API that names need: containers, tasks and images of a namespace,
/// and the events of all namespaces.
final class ContainerdApi {
  private static final Metadata.Key<String> NAMESPACE =
      Metadata.Key.of("containerd-namespace", Metadata.ASCII_STRING_MARSHALLER);

  private final GrpcChannel channel;

  ContainerdApi(GrpcChannel socket) {
    this.channel = socket;
  }

  /// Subscribes to events of these topics in all namespaces.
  void subscribe(List<String> topics, Consumer<Envelope> each, Consumer<Status> end) {
    SubscribeRequest.Builder request = SubscribeRequest.newBuilder();
    topics.forEach(topic -> request.addFilters("topic==\"" + topic + "\""));
    channel.subscribe(EventsGrpc.getSubscribeMethod(), request.build(), each, end);
  }

  CompletableFuture<List<String>> namespaces() {
    return channel
        .call(NamespacesGrpc.getListMethod(), ListNamespacesRequest.getDefaultInstance(), _ -> {})
        .thenApply(
            reply -> reply.getNamespacesList().stream().map(PlainNamespace::getName).toList());
  }

  CompletableFuture<List<PlainContainer>> containers(String namespace) {
    return channel
        .collect(
            ContainersGrpc.getListStreamMethod(),
            ContainersRequest.getDefaultInstance(),
            in(namespace))
        .thenApply(list -> list.stream().map(ContainersMessage::getContainer).toList());
  }

  CompletableFuture<PlainContainer> container(String namespace, String id) {
    return call(
            ContainersGrpc.getGetMethod(),
            GetContainerRequest.newBuilder().setId(id).build(),
            namespace)
        .thenApply(GetContainerReply::getContainer);
  }

  CompletableFuture<List<Task>> tasks(String namespace) {
    return call(TasksGrpc.getListMethod(), ListTasksRequest.getDefaultInstance(), namespace)
        .thenApply(ListTasksReply::getTasksList);
  }

  CompletableFuture<Task> task(String namespace, String containerId) {
    return call(
            TasksGrpc.getGetMethod(),
            GetTaskRequest.newBuilder().setContainerId(containerId).build(),
            namespace)
        .thenApply(GetTaskReply::getProcess);
  }

  CompletableFuture<PlainImage> image(String namespace, String name) {
    return call(
            ImagesGrpc.getGetMethod(),
            GetImageRequest.newBuilder().setName(name).build(),
            namespace)
        .thenApply(GetImageReply::getImage);
  }

  private <Q, A> CompletableFuture<A> call(
      MethodDescriptor<Q, A> method, Q request, String namespace) {
    return channel.call(method, request, in(namespace));
  }

  private static Consumer<Metadata> in(String namespace) {
    return headers -> headers.put(NAMESPACE, namespace);
  }
}
