package dev.jig.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.os.BpfException;
import dev.jig.os.BpfException.Reason;
import dev.jig.os.Errno;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class DiagnosisTest {
  private static final Kernel NEW = new Kernel("6.18.44", true);
  private static final Set<String> ENOUGH = Set.of("CAP_BPF", "CAP_PERFMON", "CAP_NET_ADMIN");
  private static final String LIMITED = "Max locked memory         65536   65536   bytes\n";
  private static final String UNLIMITED = "Max locked memory    unlimited   unlimited   bytes\n";

  @Test
  void namesTheCapabilitiesThatAreMissing() {
    Diagnosis diagnosis = new Diagnosis(Set.of("CAP_BPF"), NEW, LIMITED, false);

    BpfException refused = diagnosis.load("cannot load x", Errno.EPERM, List.of(), false);

    assertThat(refused.reason()).isEqualTo(Reason.CAPABILITIES);
    assertThat(refused).hasMessage("cannot load x: EPERM, missing CAP_PERFMON, CAP_NET_ADMIN");
  }

  @Test
  void theVerifierIsStricterWithoutCapabilities() {
    Diagnosis diagnosis = new Diagnosis(Set.of("CAP_BPF"), NEW, LIMITED, false);

    BpfException refused = diagnosis.load("x", Errno.EINVAL, List.of("unknown func"), true);

    assertThat(refused.reason()).isEqualTo(Reason.CAPABILITIES);
    assertThat(refused.log()).containsExactly("unknown func");
  }

  @Test
  void theAdministratorLacksNothing() {
    Diagnosis diagnosis = new Diagnosis(Set.of("CAP_SYS_ADMIN"), NEW, LIMITED, false);

    BpfException refused = diagnosis.load("x", Errno.EACCES, List.of("R0 !read_ok"), true);

    assertThat(refused.reason()).isEqualTo(Reason.REJECTED);
  }

  @Test
  void anOldKernelIsNamed() {
    Diagnosis diagnosis = new Diagnosis(ENOUGH, new Kernel("5.4.0-42", true), LIMITED, false);

    BpfException refused = diagnosis.load("x", Errno.EINVAL, List.of(), true);

    assertThat(refused.reason()).isEqualTo(Reason.KERNEL);
    assertThat(refused).hasMessageContaining("5.4.0-42");
  }

  @Test
  void aKernelWithoutTypesIsNamed() {
    Diagnosis diagnosis = new Diagnosis(ENOUGH, new Kernel("6.1.0", false), LIMITED, false);

    BpfException refused = diagnosis.load("x", Errno.ESRCH, List.of(), false);

    assertThat(refused.reason()).isEqualTo(Reason.BTF);
  }

  @Test
  void lockedMemoryIsTheReasonOnlyWhereMapsCountAgainstIt() {
    Kernel old = new Kernel("5.10.262", true);

    assertThat(reason(new Diagnosis(ENOUGH, old, LIMITED, false))).isEqualTo(Reason.MEMLOCK);
    assertThat(reason(new Diagnosis(ENOUGH, old, UNLIMITED, false))).isEqualTo(Reason.CAPABILITIES);
    assertThat(reason(new Diagnosis(ENOUGH, NEW, LIMITED, false))).isEqualTo(Reason.CAPABILITIES);
  }

  @Test
  void saysThatAUserNamespaceRefuses() {
    Diagnosis diagnosis = new Diagnosis(ENOUGH, NEW, UNLIMITED, true);

    BpfException refused = diagnosis.load("x", Errno.EPERM, List.of(), false);

    assertThat(refused).hasMessageContaining("a user namespace refuses it");
  }

  @Test
  void aRefusedAttachmentIsToldFromMissingCapabilities() {
    Diagnosis able = new Diagnosis(ENOUGH, NEW, UNLIMITED, false);
    Diagnosis unable = new Diagnosis(Set.of(), NEW, UNLIMITED, false);

    assertThat(able.attach("x", Errno.EPERM).reason()).isEqualTo(Reason.ATTACH);
    assertThat(unable.attach("x", Errno.EPERM).reason()).isEqualTo(Reason.CAPABILITIES);
    assertThat(unable.attach("x", Errno.EINVAL).reason()).isEqualTo(Reason.ATTACH);
  }

  private static Reason reason(Diagnosis diagnosis) {
    return diagnosis.load("x", Errno.EPERM, List.of(), false).reason();
  }
}
