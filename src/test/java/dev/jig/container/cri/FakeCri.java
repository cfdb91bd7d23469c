package dev.jig.container.cri;

import dev.jig.container.cri.api.ContainerMetadata;
import dev.jig.container.cri.api.ContainerState;
import dev.jig.container.cri.api.CriContainer;
import dev.jig.container.cri.api.CriEvent;
import dev.jig.container.cri.api.CriEventType;
import dev.jig.container.cri.api.CriImage;
import dev.jig.container.cri.api.EventsRequest;
import dev.jig.container.cri.api.ImageServiceGrpc;
import dev.jig.container.cri.api.ImageSpec;
import dev.jig.container.cri.api.LinuxSandbox;
import dev.jig.container.cri.api.ListContainersReply;
import dev.jig.container.cri.api.ListContainersRequest;
import dev.jig.container.cri.api.ListImagesReply;
import dev.jig.container.cri.api.ListImagesRequest;
import dev.jig.container.cri.api.ListSandboxesReply;
import dev.jig.container.cri.api.ListSandboxesRequest;
import dev.jig.container.cri.api.NamespaceMode;
import dev.jig.container.cri.api.NamespaceOptions;
import dev.jig.container.cri.api.RuntimeServiceGrpc;
import dev.jig.container.cri.api.Sandbox;
import dev.jig.container.cri.api.SandboxMetadata;
import dev.jig.container.cri.api.SandboxNamespaces;
import dev.jig.container.cri.api.SandboxStatus;
import dev.jig.container.cri.api.SandboxStatusReply;
import dev.jig.container.cri.api.SandboxStatusRequest;
import dev.jig.container.cri.api.VersionReply;
import dev.jig.container.cri.api.VersionRequest;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A CRI server on a unix socket with the containers of the test: it replaces CRI-O, which Debian
/// does not package. Events are optional, as in CRI-O.
public final class FakeCri implements AutoCloseable {
  public static final String IMAGE_ID = "sha256:" + "1".repeat(64);
  public static final String IMAGE = "registry.example.test/app:1";
  public static final String DIGEST = "sha256:" + "d".repeat(64);

  /// A part of what containerd answers.
  private static final String INFO =
      """
      {"pid":1,"runtimeSpec":{"config":{}},"config":{"metadata":{"name":"front-1"},"dns_config":\
      {"servers":["10.96.0.10"],"searches":["shop.svc.cluster.local","svc.cluster.local"],\
      "options":["ndots:5"]},"linux":{}}}\
      """;

  private final Map<String, CriContainer> containers = new ConcurrentHashMap<>();
  private final Map<String, Sandbox> sandboxes = new ConcurrentHashMap<>();
  private final Set<String> onHostNetwork = ConcurrentHashMap.newKeySet();
  private final List<StreamObserver<CriEvent>> followers = new CopyOnWriteArrayList<>();
  private final BlockingQueue<String> calls = new LinkedBlockingQueue<>();
  private final Path socket;
  private final boolean hasEvents;
  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Server server;

  /// @param version `v1` or `v1alpha2`
  public FakeCri(Path socket, String version, boolean hasEvents) throws IOException {
    this.socket = socket;
    this.hasEvents = hasEvents;
    server =
        NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .channelType(NioServerDomainSocketChannel.class)
            .bossEventLoopGroup(loop)
            .workerEventLoopGroup(loop)
            .addService(as(version, new RuntimeCalls()))
            .addService(as(version, new Images()))
            .build()
            .start();
  }

  /// The same service under the name of another version.
  private static ServerServiceDefinition as(String version, BindableService service) {
    ServerServiceDefinition definition = service.bindService();
    String name = definition.getServiceDescriptor().getName();
    var renamed =
        ServerServiceDefinition.builder(
            "runtime." + version + name.substring(name.lastIndexOf('.')));
    definition.getMethods().forEach(method -> add(renamed, version, method));
    return renamed.build();
  }

  private static <Q, A> void add(
      ServerServiceDefinition.Builder to, String version, ServerMethodDefinition<Q, A> method) {
    MethodDescriptor<Q, A> old = method.getMethodDescriptor();
    String name = old.getFullMethodName().replace("runtime.v1.", "runtime." + version + ".");
    to.addMethod(old.toBuilder().setFullMethodName(name).build(), method.getServerCallHandler());
  }

  /// A pod's sandbox, with the labels that kubelet adds to the pod's own.
  public void sandbox(String id, String pod, boolean hostNetwork, Map<String, String> labels) {
    if (hostNetwork) {
      onHostNetwork.add(id);
    }
    sandboxes.put(
        id,
        Sandbox.newBuilder()
            .setId(id)
            .setMetadata(
                SandboxMetadata.newBuilder()
                    .setName(pod)
                    .setNamespace("shop")
                    .setUid("uid-of-" + pod))
            .putAllLabels(labels)
            .putLabels("io.kubernetes.pod.name", pod)
            .putLabels("io.kubernetes.pod.namespace", "shop")
            .putLabels("io.kubernetes.pod.uid", "uid-of-" + pod)
            .build());
  }

  /// A container with its image given by id, as kubelet does.
  public void container(String id, String sandbox, String name, ContainerState state) {
    containers.put(
        id,
        CriContainer.newBuilder()
            .setId(id)
            .setPodSandboxId(sandbox)
            .setMetadata(ContainerMetadata.newBuilder().setName(name))
            .setImage(ImageSpec.newBuilder().setImage(IMAGE_ID))
            .setImageRef(IMAGE_ID)
            .setState(state)
            .putLabels("io.kubernetes.container.name", name)
            .build());
  }

  public void remove(String id) {
    containers.remove(id);
  }

  /// Sends an event on all event streams.
  public void emit(CriEventType type, String id) {
    CriEvent event =
        CriEvent.newBuilder()
            .setContainerId(id)
            .setContainerEventType(type)
            .setCreatedAt(1_795_400_477_642_861_816L)
            .build();
    followers.forEach(follower -> follower.onNext(event));
  }

  /// The next call, by its method's name.
  public @Nullable String nextCall() throws InterruptedException {
    return calls.poll(10, TimeUnit.SECONDS);
  }

  /// Returns once a client follows events.
  public void awaitFollower() throws InterruptedException {
    while (followers.isEmpty()) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  @Override
  public void close() throws IOException {
    server.shutdownNow();
    try {
      server.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    var _ = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    Files.deleteIfExists(socket);
  }

  private static <A> void answer(StreamObserver<A> to, A answer) {
    to.onNext(answer);
    to.onCompleted();
  }

  private final class RuntimeCalls extends RuntimeServiceGrpc.RuntimeServiceImplBase {
    @Override
    public void version(VersionRequest request, StreamObserver<VersionReply> to) {
      calls.add("Version");
      answer(to, VersionReply.newBuilder().setRuntimeName("cri-o").build());
    }

    @Override
    public void listContainers(
        ListContainersRequest request, StreamObserver<ListContainersReply> to) {
      calls.add("ListContainers");
      String id = request.getFilter().getId();
      answer(
          to,
          ListContainersReply.newBuilder()
              .addAllContainers(
                  containers.values().stream().filter(c -> c.getId().startsWith(id)).toList())
              .build());
    }

    @Override
    public void listPodSandbox(
        ListSandboxesRequest request, StreamObserver<ListSandboxesReply> to) {
      String id = request.getFilter().getId();
      answer(
          to,
          ListSandboxesReply.newBuilder()
              .addAllItems(
                  sandboxes.values().stream().filter(s -> s.getId().startsWith(id)).toList())
              .build());
    }

    @Override
    public void podSandboxStatus(
        SandboxStatusRequest request, StreamObserver<SandboxStatusReply> to) {
      NamespaceMode mode =
          onHostNetwork.contains(request.getPodSandboxId())
              ? NamespaceMode.NODE
              : NamespaceMode.POD;
      NamespaceOptions options = NamespaceOptions.newBuilder().setNetwork(mode).build();
      SandboxNamespaces namespaces = SandboxNamespaces.newBuilder().setOptions(options).build();
      LinuxSandbox linux = LinuxSandbox.newBuilder().setNamespaces(namespaces).build();
      SandboxStatus status = SandboxStatus.newBuilder().setLinux(linux).build();
      SandboxStatusReply.Builder reply = SandboxStatusReply.newBuilder().setStatus(status);
      if (request.getVerbose()) {
        reply.putInfo("info", INFO);
      }
      answer(to, reply.build());
    }

    @Override
    public void getContainerEvents(EventsRequest request, StreamObserver<CriEvent> to) {
      if (hasEvents) {
        followers.add(to);
      } else {
        to.onError(Status.UNIMPLEMENTED.withDescription("events are off").asRuntimeException());
      }
    }
  }

  private static final class Images extends ImageServiceGrpc.ImageServiceImplBase {
    @Override
    public void listImages(ListImagesRequest request, StreamObserver<ListImagesReply> to) {
      answer(
          to,
          ListImagesReply.newBuilder()
              .addImages(
                  CriImage.newBuilder()
                      .setId(IMAGE_ID)
                      .addRepoTags(IMAGE)
                      .addRepoDigests("registry.example.test/app@" + DIGEST))
              .build());
    }
  }
}
