package dev.jig.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.os.Errno;
import dev.jig.os.NativeException;
import dev.jig.os.NativeException.Reason;
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

    NativeException refused = diagnosis.loadFailure("cannot load x", Errno.EPERM, List.of(), false);

    assertThat(refused.reason()).isEqualTo(Reason.CAPABILITIES);
    assertThat(refused).hasMessage("cannot load x: EPERM, missing CAP_PERFMON, CAP_NET_ADMIN");
  }

  @Test
  void reportsAVerifierErrorAsMissingCapabilities() {
    Diagnosis diagnosis = new Diagnosis(Set.of("CAP_BPF"), NEW, LIMITED, false);

    NativeException refused =
        diagnosis.loadFailure("x", Errno.EINVAL, List.of("unknown func"), true);

    assertThat(refused.reason()).isEqualTo(Reason.CAPABILITIES);
    assertThat(refused.log()).containsExactly("unknown func");
  }

  @Test
  void capSysAdminImpliesAllNeededCapabilities() {
    Diagnosis diagnosis = new Diagnosis(Set.of("CAP_SYS_ADMIN"), NEW, LIMITED, false);

    NativeException refused =
        diagnosis.loadFailure("x", Errno.EACCES, List.of("R0 !read_ok"), true);

    assertThat(refused.reason()).isEqualTo(Reason.REJECTED);
  }

  @Test
  void reportsAnOldKernel() {
    Diagnosis diagnosis = new Diagnosis(ENOUGH, new Kernel("5.4.0-42", true), LIMITED, false);

    NativeException refused = diagnosis.loadFailure("x", Errno.EINVAL, List.of(), true);

    assertThat(refused.reason()).isEqualTo(Reason.KERNEL);
    assertThat(refused).hasMessageContaining("5.4.0-42");
  }

  @Test
  void reportsAKernelWithoutBtf() {
    Diagnosis diagnosis = new Diagnosis(ENOUGH, new Kernel("6.1.0", false), LIMITED, false);

    NativeException refused = diagnosis.loadFailure("x", Errno.ESRCH, List.of(), false);

    assertThat(refused.reason()).isEqualTo(Reason.BTF);
  }

  @Test
  void reportsMemlockOnlyBeforeLinux511() {
    Kernel old = new Kernel("5.10.262", true);

    assertThat(reason(new Diagnosis(ENOUGH, old, LIMITED, false))).isEqualTo(Reason.MEMLOCK);
    assertThat(reason(new Diagnosis(ENOUGH, old, UNLIMITED, false))).isEqualTo(Reason.CAPABILITIES);
    assertThat(reason(new Diagnosis(ENOUGH, NEW, LIMITED, false))).isEqualTo(Reason.CAPABILITIES);
  }

  @Test
  void reportsAUserNamespace() {
    Diagnosis diagnosis = new Diagnosis(ENOUGH, NEW, UNLIMITED, true);

    NativeException refused = diagnosis.loadFailure("x", Errno.EPERM, List.of(), false);

    assertThat(refused).hasMessageContaining("a user namespace refuses it");
  }

  @Test
  void distinguishesARefusedAttachmentFromMissingCapabilities() {
    Diagnosis able = new Diagnosis(ENOUGH, NEW, UNLIMITED, false);
    Diagnosis unable = new Diagnosis(Set.of(), NEW, UNLIMITED, false);

    assertThat(able.attachFailure("x", Errno.EPERM).reason()).isEqualTo(Reason.ATTACH);
    assertThat(unable.attachFailure("x", Errno.EPERM).reason()).isEqualTo(Reason.CAPABILITIES);
    assertThat(unable.attachFailure("x", Errno.EINVAL).reason()).isEqualTo(Reason.ATTACH);
  }

  private static Reason reason(Diagnosis diagnosis) {
    return diagnosis.loadFailure("x", Errno.EPERM, List.of(), false).reason();
  }
}
