package dev.jig.capture;

import dev.jig.bpf.BpfImage;
import dev.jig.bpf.BpfLink;
import dev.jig.bpf.BpfObject;
import dev.jig.bpf.BpfProgram;
import dev.jig.os.NativeException;
import dev.jig.os.CgroupDirectory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The programs of trace_dns.bpf.c on this kernel: which it may lack, what stands in for them, and
/// the order in which they are attached.
final class KernelPrograms implements AutoCloseable {
  /// Whoever reads from a server's socket owns it; the last ones are for kernels without it.
  private static final String READERS = "sock_recv_length";

  private static final String TCP_READERS = "tcp_rcv_space_adjust";
  private static final Set<String> STAND_INS = Set.of(TCP_READERS, "recvmsg4", "recvmsg6");

  private static final List<String> NOTICES = List.of("cgroup_mkdir", "sock_release");

  private final BpfObject object;
  private final Map<String, String> missing;
  private final List<BpfLink> links = new ArrayList<>();

  KernelPrograms(BpfObject object) {
    this.object = object;
    this.missing = new LinkedHashMap<>(object.missingPrograms());
  }

  /// Names the programs that a kernel may lack; before 5.11 no tracepoint and no walk may write
  /// into a socket.
  static BpfImage markOptional(BpfImage image) {
    return image
        .markOptional(NOTICES.toArray(String[]::new))
        .markOptionalSince(6, 3, READERS)
        .markOptionalSince(5, 11, TCP_READERS, PreexistingSockets.MARK)
        .markOptional(PreexistingSockets.LIST);
  }

  /// Attaches everything. Notices of new cgroups come first, packets last: what is traced has an
  /// owner and a known cgroup. Then come the sockets that were there before.
  ///
  /// @throws NativeException if the kernel refuses what is needed
  void attach(CgroupDirectory root) {
    boolean readers = object.isLoaded(READERS) && attachOptional(object.program(READERS), root);
    List<BpfProgram> packets = new ArrayList<>();
    for (BpfProgram program : object.programs()) {
      String name = program.name();
      String section = program.section();
      if (section.startsWith("cgroup_skb/")) {
        packets.add(program);
      } else if (NOTICES.contains(name) || name.equals(TCP_READERS) && !readers) {
        attachOptional(program, root);
      } else if (section.startsWith("cgroup/") && !(readers && STAND_INS.contains(name))) {
        links.add(program.attach(root));
      }
    }
    for (BpfProgram program : packets) {
      links.add(program.attach(root));
    }
    assignSocketOwners().ifPresent(why -> missing.put("walk over older sockets", why));
  }

  /// Tells sockets without an owner theirs; why some may stay without.
  Optional<String> assignSocketOwners() {
    return PreexistingSockets.assignOwners(object);
  }

  private boolean attachOptional(BpfProgram program, CgroupDirectory root) {
    try {
      boolean ofCgroup = program.section().startsWith("cgroup/");
      links.add(ofCgroup ? program.attach(root) : program.attach());
      return true;
    } catch (NativeException refused) {
      missing.put(program.name(), refused.errnoName());
      return false;
    }
  }

  /// What this kernel does without, and why.
  Map<String, String> missing() {
    return Map.copyOf(missing);
  }

  /// Detaches; runs that have begun may still be going on.
  @Override
  public void close() {
    links.forEach(BpfLink::close);
    links.clear();
  }
}
