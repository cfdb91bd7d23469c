package dev.jig.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Containerd;
import dev.jig.fixture.CriControl;
import dev.jig.fixture.DnsServer;
import dev.jig.fixture.Docker;
import dev.jig.fixture.DockerImages;
import dev.jig.fixture.IgProcess;
import dev.jig.fixture.Json;
import dev.jig.fixture.Podman;
import dev.jig.fixture.Prerequisite;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// Docker, Podman and containerd, the last with a pod and a plain container, in one trace.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
final class AllRuntimesIT {
  private static final String SERIES = "all" + ProcessHandle.current().pid();

  private Containerd containerd;
  private CriControl cri;
  private Podman podman;
  private DnsServer server;

  @BeforeAll
  void start() {
    Docker.require();
    Prerequisite.requireRoot();
    containerd = Containerd.start();
    cri = containerd.cri();
    podman = Podman.start();
    server = DnsServer.start(53, containerd.hostAddress());
  }

  @AfterAll
  void stop() throws IOException {
    server.close();
    podman.close();
    cri.close();
    containerd.close();
  }

  private IgProcess trace() {
    IgProcess ig =
        IgProcess.trace(
            "--podman-socketpath=" + podman.socket(),
            "--containerd-socketpath=" + containerd.socket(),
            "--containerd-namespace=k8s.io,jig-test",
            "-F",
            "name:~" + SERIES,
            "-v",
            "-o",
            "json");
    ig.awaitErr("containerd answers at ");
    return ig;
  }

  private String[] dig(String name) {
    return new String[] {"dig", "+tries=1", "+time=20", name(name), "@" + containerd.hostAddress()};
  }

  private static String name(String who) {
    return who + "." + SERIES + ".ask.example.test";
  }

  @Test
  void eachContainersRowsCarryItsRuntimesName() {
    String plain = SERIES + "-plain";
    containerd.run("jig-test", plain, List.of("--detach"), "sleep", "1000");
    try (CriControl.Pod pod = cri.pod("shop", "front-" + SERIES, Map.of());
        Docker.Container docker = Docker.start(DockerImages.clients(), List.of(), "sleep", "600");
        Podman.Container other =
            podman.start(List.of("--name=" + SERIES + "-podman"), "sleep", "600")) {
      String front = pod.start("front", "sleep", "1000");
      try (IgProcess ig = trace()) {
        docker.exec(dig("docker")).orThrow();
        other.exec(dig("podman")).orThrow();
        containerd.exec("k8s.io", front, dig("pod"));
        containerd.exec("jig-test", plain, dig("plain"));

        Map<String, String> expected = new LinkedHashMap<>();
        expected.put(name("docker") + ".", "docker " + docker.name());
        expected.put(name("podman") + ".", "podman " + SERIES + "-podman");
        expected.put(name("pod") + ".", "containerd front");
        expected.put(name("plain") + ".", "containerd " + plain);
        List<Json> rows = ig.awaitEvents(events -> events.size() >= 2 * expected.size());

        assertThat(rows).hasSize(2 * expected.size());
        for (Json row : rows) {
          assertThat(row.text("runtime.runtimeName") + " " + row.text("runtime.containerName"))
              .isEqualTo(expected.get(row.text("name")));
          assertThat(row.text("attribution")).isEqualTo("exact");
        }
        assertThat(ig.stop().err()).contains(" 0 lost");
      }
    }
  }
}
