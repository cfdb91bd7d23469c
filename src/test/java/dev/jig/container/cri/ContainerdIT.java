package dev.jig.container.cri;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.container.RuntimeEvent;
import dev.jig.container.RuntimeEvent.Transition;
import dev.jig.container.RuntimeKind;
import dev.jig.event.Container;
import dev.jig.fixture.Containerd;
import dev.jig.fixture.CriControl;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// Pods and plain containers of a real containerd.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
final class ContainerdIT {
  private final BlockingQueue<RuntimeEvent> events = new LinkedBlockingQueue<>();
  private final List<RuntimeEvent> skipped = new ArrayList<>();
  private Containerd containerd;
  private CriControl cri;
  private GrpcRuntime runtime = GrpcRuntime.cri(RuntimeKind.CRIO, Path.of("unset"), false);

  @BeforeAll
  void start() {
    containerd = Containerd.start();
    cri = containerd.cri();
  }

  @AfterAll
  void stop() {
    cri.close();
    containerd.close();
  }

  @AfterEach
  void close() {
    runtime.close();
  }

  private void follow(String namespaces) throws InterruptedException {
    runtime =
        GrpcRuntime.containerd(containerd.socket(), true, ContainerdNamespaces.parse(namespaces));
    runtime.start(events::add);
    await(RuntimeEvent.Listed.class, _ -> true);
  }

  private <T extends RuntimeEvent> T await(Class<T> kind, Predicate<T> wanted)
      throws InterruptedException {
    while (true) {
      RuntimeEvent next = events.poll(30, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("no such " + kind.getSimpleName() + "; others: " + skipped);
      }
      if (kind.isInstance(next) && wanted.test(kind.cast(next))) {
        return kind.cast(next);
      }
      skipped.add(next);
    }
  }

  @Test
  void reportsAPodsContainersThatRanBefore() throws Exception {
    try (CriControl.Pod pod = cri.pod("shop", "front-1", Map.of("app", "front"))) {
      String id = pod.start("web", "sleep", "1000");

      follow("k8s.io");

      RuntimeEvent.Inspected web =
          (RuntimeEvent.Inspected)
              skipped.stream()
                  .filter(
                      n -> n instanceof RuntimeEvent.Inspected d && d.container().id().equals(id))
                  .findFirst()
                  .orElseThrow();
      Container container = web.container();
      assertThat(web.running()).isTrue();
      assertThat(container.name()).isEqualTo("web");
      assertThat(container.image()).isEqualTo(containerd.image());
      assertThat(container.imageDigest()).startsWith("sha256:");
      assertThat(container.pod())
          .isEqualTo(
              new Container.Pod(
                  "shop", "front-1", pod.uid(), Map.of("app", "front"), "web", false));
    }
  }

  @Test
  void namesAPlainContainerWhenItIsCreated() throws Exception {
    follow("default");

    containerd.run("default", "short", List.of("--rm"), "/bin/busybox", "true");

    RuntimeEvent.Inspected created =
        await(RuntimeEvent.Inspected.class, d -> d.container().id().equals("short"));
    assertThat(created.container().name()).isEqualTo("short");
    await(RuntimeEvent.Lifecycle.class, h -> h.transition() == Transition.REMOVED);
    assertThat(skipped).contains(new RuntimeEvent.CgroupKnown("short", "/default/short"));
  }
}
