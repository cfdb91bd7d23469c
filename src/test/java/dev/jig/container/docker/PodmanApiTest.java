package dev.jig.container.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.container.RuntimeEvent;
import dev.jig.container.RuntimeEvent.Transition;
import dev.jig.event.Container;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Where Podman's API differs from Docker's.
@Timeout(30)
final class PodmanApiTest {
  private static final String A = "a".repeat(64);
  private static final String B = "b".repeat(64);
  private static final String POD = "e37a79831ea3" + "0".repeat(52);
  private static final Instant AT = Instant.ofEpochSecond(1795400477, 642861816);
  private static final String NAMED =
      "\"containerExitCode\":\"0\",\"image\":\"app:1\",\"name\":\"web\",\"podId\":\"\",\"k\":\"v\"";

  @TempDir Path directory;
  private final BlockingQueue<RuntimeEvent> events = new LinkedBlockingQueue<>();

  private <T extends RuntimeEvent> T await(Class<T> kind) throws InterruptedException {
    while (true) {
      RuntimeEvent next = events.poll(10, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("no such " + kind.getSimpleName());
      }
      if (kind.isInstance(next)) {
        return kind.cast(next);
      }
    }
  }

  private static String listed(String id, String name, boolean infra, String pod) {
    return """
    {"Id":"%s","Names":["%s"],"Image":"app:1","ImageID":"%s","IsInfra":%b,"Labels":null,\
    "Pid":7,"Pod":"%s","PodName":"%s","State":"running"}\
    """
        .formatted(id, name, "c".repeat(64), infra, POD, pod);
  }

  @Test
  void listsContainersWithTheirPodAndASandboxAsNotRunning() throws Exception {
    Path socket = directory.resolve("podman.sock");
    try (FakeDocker podman = new FakeDocker(socket);
        var runtime = new DockerApiRuntime(DockerApiFlavor.PODMAN, socket, false)) {
      podman.answer(
          FakeDocker.ALL,
          "["
              + listed(A, "e37a79831ea3-infra", true, "shop")
              + ","
              + listed(B, "web", false, "shop")
              + "]");

      runtime.start(events::add);

      assertThat(await(RuntimeEvent.Inspected.class).running()).isFalse();
      var pod = new Container.Pod(null, "shop", null, Map.of(), "web", false);
      assertThat(await(RuntimeEvent.Inspected.class))
          .isEqualTo(
              new RuntimeEvent.Inspected(
                  new Container(
                      "podman", B, "web", "app:1", "sha256:" + "c".repeat(64), Map.of(), pod),
                  true));
      assertThat(await(RuntimeEvent.Listed.class).ids()).isEqualTo(Set.of(A, B));
      assertThat(podman.awaitRequest("/")).startsWith("/v4.0.0/libpod/events?");
      assertThat(podman.awaitRequest("/")).startsWith("/v4.0.0/libpod/containers/json?");
    }
  }

  @Test
  void namesAContainerThatIsGoneByItsEvents() throws Exception {
    Path socket = directory.resolve("podman.sock");
    try (FakeDocker podman = new FakeDocker(socket);
        var runtime = new DockerApiRuntime(DockerApiFlavor.PODMAN, socket, false)) {
      runtime.start(events::add);
      await(RuntimeEvent.Listed.class);

      for (String action : new String[] {"create", "init", "start", "rename", "died", "remove"}) {
        podman.emit(FakeDocker.event(action, A, NAMED));
      }

      var web = new Container("podman", A, "web", "app:1", null, Map.of("k", "v"), null);
      for (Transition life : Transition.values()) {
        assertThat(await(RuntimeEvent.Lifecycle.class))
            .isEqualTo(new RuntimeEvent.Lifecycle(web, life, AT));
      }
    }
  }

  @Test
  void aPodsSandboxNeverCountsAsRunning() throws Exception {
    Path socket = directory.resolve("podman.sock");
    try (FakeDocker podman = new FakeDocker(socket);
        var runtime = new DockerApiRuntime(DockerApiFlavor.PODMAN, socket, false)) {
      runtime.start(events::add);
      await(RuntimeEvent.Listed.class);
      String sandbox =
          "\"image\":\"pause\",\"name\":\"e37a79831ea3-infra\",\"podId\":\"" + POD + "\"";

      podman.emit(FakeDocker.event("create", A, sandbox));
      podman.emit(FakeDocker.event("start", A, sandbox));
      podman.emit(FakeDocker.event("start", B, NAMED));

      assertThat(await(RuntimeEvent.Lifecycle.class).transition()).isEqualTo(Transition.CREATED);
      assertThat(await(RuntimeEvent.Lifecycle.class).container().id()).isEqualTo(B);
    }
  }

  @Test
  void namesPodmanInWarnings() throws Exception {
    Path socket = directory.resolve("podman.sock");
    try (var runtime = new DockerApiRuntime(DockerApiFlavor.PODMAN, socket, true)) {
      runtime.start(events::add);

      assertThat(await(RuntimeEvent.Warning.class).sentence())
          .startsWith("Podman does not answer at " + socket);
    }
  }
}
