package dev.jig.container.cri;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.jig.container.cri.containerd.ImageTarget;
import dev.jig.container.cri.containerd.PlainContainer;
import dev.jig.container.cri.containerd.PlainImage;
import dev.jig.event.Container;
import dev.jig.event.UserFacingException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ContainerdRecordsTest {

  private static PlainContainer.Builder container(String id) {
    return PlainContainer.newBuilder().setId(id).setImage("app:1");
  }

  @Test
  void namesAContainerAsItsClientDoes() {
    PlainContainer ctr = container("job").build();
    PlainContainer nerdctl = container("n").putLabels("nerdctl/name", "shop-db").build();
    PlainContainer pods =
        container("p")
            .putLabels("io.cri-containerd.kind", "container")
            .putLabels("io.kubernetes.container.name", "web")
            .putLabels("io.kubernetes.pod.name", "front-1")
            .putLabels("io.kubernetes.pod.namespace", "shop")
            .build();

    assertThat(ContainerdRecords.describe(ctr, null).name()).isEqualTo("job");
    assertThat(ContainerdRecords.describe(nerdctl, null).name()).isEqualTo("shop-db");
    Container web = ContainerdRecords.describe(pods, null);
    assertThat(web.name()).isEqualTo("web");
    Container.Pod pod = web.pod();
    assertThat(pod == null ? null : pod.name()).isEqualTo("front-1");
  }

  @Test
  void hasADigestUnlessTheImageNameWasMoved() {
    PlainContainer made =
        container("job").setCreatedAt(Timestamp.newBuilder().setSeconds(100)).build();

    assertThat(ContainerdRecords.describe(made, image(99)).imageDigest()).isEqualTo("sha256:aa");
    assertThat(ContainerdRecords.describe(made, image(101)).imageDigest()).isNull();
  }

  private static PlainImage image(long updatedSeconds) {
    return PlainImage.newBuilder()
        .setTarget(ImageTarget.newBuilder().setDigest("sha256:aa"))
        .setUpdatedAt(Timestamp.newBuilder().setSeconds(updatedSeconds))
        .build();
  }

  @ParameterizedTest
  @CsvSource({
    "/default/job, /default/job",
    "system.slice:ctr:job, /system.slice/ctr-job.scope",
    "user-1000.slice:ctr:job, /user.slice/user-1000.slice/ctr-job.scope",
    ":ctr:job, /system.slice/ctr-job.scope",
  })
  void readsTheCgroupInTheSpecification(String cgroupsPath, String path) throws IOException {
    assertThat(
            cgroup(
                "{\"process\":{\"args\":[]},\"linux\":{\"x\":1,\"cgroupsPath\":\""
                    + cgroupsPath
                    + "\"}}"))
        .isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "[]", "{\"linux\":{}}", "{\"linux\":{\"cgroupsPath\":\"/\"}}"})
  void hasNoCustomCgroupWithoutOneInTheSpecification(String spec) throws IOException {
    assertThat(cgroup(spec)).isNull();
  }

  private static @Nullable String cgroup(String spec) throws IOException {
    return ContainerdRecords.specCgroup(new ByteArrayInputStream(spec.getBytes(UTF_8)));
  }

  @Test
  void hasACustomCgroupOnlyIfItsIdIsNotRecognized() {
    Any spec =
        Any.newBuilder()
            .setValue(ByteString.copyFromUtf8("{\"linux\":{\"cgroupsPath\":\"/default/x\"}}"))
            .build();

    assertThat(ContainerdRecords.customCgroup(container("x").setSpec(spec).build()))
        .isEqualTo("/default/x");
    assertThat(ContainerdRecords.customCgroup(container("a".repeat(64)).setSpec(spec).build()))
        .isNull();
    Any garbage = Any.newBuilder().setValue(ByteString.copyFromUtf8("{\"linux\":")).build();
    assertThat(ContainerdRecords.customCgroup(container("x").setSpec(garbage).build())).isNull();
  }

  @Test
  void parsesNamespacesAsAListOrAll() {
    ContainerdNamespaces two = ContainerdNamespaces.parse("k8s.io, default");
    assertThat(two.select(List.of("moby", "default", "k8s.io")))
        .containsExactly("default", "k8s.io");
    ContainerdNamespaces all = ContainerdNamespaces.parse("*");
    assertThat(all.select(List.of("moby", "default"))).containsExactly("default");
    assertThat(ContainerdNamespaces.parse("moby").includes("moby")).isTrue();
    assertThatThrownBy(() -> ContainerdNamespaces.parse("a,/b"))
        .isInstanceOf(UserFacingException.class)
        .hasMessage("\"/b\" is not a namespace of containerd.");
  }
}
