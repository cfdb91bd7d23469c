package dev.jig.capture;

import dev.jig.bpf.BpfImage;
import dev.jig.bpf.BpfLink;
import dev.jig.bpf.BpfObject;
import dev.jig.bpf.BpfProgram;
import dev.jig.os.CgroupDirectory;
import dev.jig.os.NativeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Attaches the programs of trace_dns.bpf.c: which ones a kernel may lack, their replacements, and
/// the order.
final class KernelPrograms implements AutoCloseable {
  /// Makes the reader of a server's socket its owner. The fallbacks are for kernels without it.
  private static final String READERS = "sock_recv_length";

  private static final String TCP_READERS = "tcp_rcv_space_adjust";
  private static final Set<String> FALLBACK_READERS = Set.of(TCP_READERS, "recvmsg4", "recvmsg6");

  private static final List<String> NOTICES = List.of("cgroup_mkdir", "sock_release");

  /// Why packets were lost, and since which kernel; see drops.bpf.h.
  private static final String DROPS = "kfree_skb";

  private static final String ICMP = "icmp_send";
  private static final String SOCKET_ERRORS = "inet_sk_error_report";
  private static final Set<String> CAUSES = Set.of(DROPS, ICMP, SOCKET_ERRORS);

  private final BpfObject object;
  private final Map<String, String> missing;
  private final List<BpfLink> links = new ArrayList<>();

  KernelPrograms(BpfObject object) {
    this.object = object;
    this.missing = new LinkedHashMap<>(object.missingPrograms());
  }

  /// Marks the programs that a kernel may lack. Before 5.11 neither tracepoints nor iterators may
  /// write socket storage.
  static BpfImage markOptional(BpfImage image) {
    return image
        .markOptional(NOTICES.toArray(String[]::new))
        .markOptionalSince(6, 3, READERS)
        .markOptionalSince(5, 11, TCP_READERS, PreexistingSockets.MARK)
        .markOptional(PreexistingSockets.LIST, DROPS)
        .markOptionalSince(6, 1, ICMP)
        .markOptionalSince(5, 14, SOCKET_ERRORS);
  }

  /// Attaches all programs: notices first and packet programs last, so that a recorded packet has
  /// an owner and a known cgroup. Then assigns owners to sockets opened before.
  ///
  /// @throws NativeException if the kernel refuses a program that is not optional
  void attach(CgroupDirectory root) {
    boolean readers = object.isLoaded(READERS) && attachOptional(object.program(READERS), root);
    List<BpfProgram> packets = new ArrayList<>();
    for (BpfProgram program : object.programs()) {
      String name = program.name();
      String section = program.section();
      if (section.startsWith("cgroup_skb/")) {
        packets.add(program);
      } else if (NOTICES.contains(name)
          || CAUSES.contains(name)
          || name.equals(TCP_READERS) && !readers) {
        attachOptional(program, root);
      } else if (section.startsWith("cgroup/") && !(readers && FALLBACK_READERS.contains(name))) {
        links.add(program.attach(root));
      }
    }
    for (BpfProgram program : packets) {
      links.add(program.attach(root));
    }
    assignSocketOwners().ifPresent(why -> missing.put("owners of sockets opened before", why));
  }

  /// Assigns owners to sockets without one; returns why some may be left without, empty if none is.
  Optional<String> assignSocketOwners() {
    return PreexistingSockets.assignOwners(object);
  }

  private boolean attachOptional(BpfProgram program, CgroupDirectory root) {
    try {
      boolean isCgroupProgram = program.section().startsWith("cgroup/");
      links.add(isCgroupProgram ? program.attach(root) : program.attach());
      return true;
    } catch (NativeException refused) {
      missing.put(program.name(), refused.errnoName());
      return false;
    }
  }

  /// The optional parts that this kernel lacks, with the reason.
  Map<String, String> missing() {
    return Map.copyOf(missing);
  }

  /// Detaches all programs, which may still be running on another CPU.
  @Override
  public void close() {
    links.forEach(BpfLink::close);
    links.clear();
  }
}
