package dev.jig.container.cri;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.container.ContainerRuntime.Life;
import dev.jig.container.ContainerRuntime.News;
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

/// What a real containerd tells of pods and of plain containers.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
final class ContainerdIT {
  private final BlockingQueue<News> news = new LinkedBlockingQueue<>();
  private final List<News> passedOver = new ArrayList<>();
  private Containerd containerd;
  private CriControl cri;
  private GrpcEngine engine = GrpcEngine.crio(Path.of("unset"), false);

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
    engine.close();
  }

  private void follow(String namespaces) throws InterruptedException {
    engine =
        GrpcEngine.containerd(containerd.socket(), true, ContainerdNamespaces.parse(namespaces));
    engine.start(news::add);
    await(News.Listed.class, _ -> true);
  }

  private <T extends News> T await(Class<T> kind, Predicate<T> wanted) throws InterruptedException {
    while (true) {
      News next = news.poll(30, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("no such " + kind.getSimpleName() + "; others: " + passedOver);
      }
      if (kind.isInstance(next) && wanted.test(kind.cast(next))) {
        return kind.cast(next);
      }
      passedOver.add(next);
    }
  }

  @Test
  void describesAPodsContainersOfBefore() throws Exception {
    try (CriControl.Pod pod = cri.pod("shop", "front-1", Map.of("app", "front"))) {
      String id = pod.start("web", "sleep", "1000");

      follow("k8s.io");

      News.Described web =
          (News.Described)
              passedOver.stream()
                  .filter(n -> n instanceof News.Described d && d.container().id().equals(id))
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
  void namesAPlainContainerWithItsCreation() throws Exception {
    follow("default");

    containerd.run("default", "short", List.of("--rm"), "/bin/busybox", "true");

    News.Described created = await(News.Described.class, d -> d.container().id().equals("short"));
    assertThat(created.container().name()).isEqualTo("short");
    await(News.Happened.class, h -> h.life() == Life.REMOVED);
    assertThat(passedOver).contains(new News.Placed("short", "/default/short"));
  }
}
