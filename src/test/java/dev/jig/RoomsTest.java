package dev.jig;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Checks which package may use which (docs/ARCHITECTURE.md): reads every class file and compares
/// the packages it names with those its own package may use.
final class RoomsTest {
  /// Full package names below dev.jig. A package that is not listed belongs to the nearest listed
  /// one above it: generated classes stand there.
  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          entry("os", Set.of()),
          entry("table", Set.of()),
          entry("bpf", Set.of("os")),
          entry("pcap", Set.of()),
          entry("dns", Set.of()),
          entry("demo", Set.of()),
          entry("event", Set.of("dns")),
          entry("fields", Set.of("dns", "event")),
          entry("wire", Set.of("event")),
          entry("capture", Set.of("os", "table", "bpf", "pcap", "dns", "event", "wire")),
          entry("container", Set.of("os", "table", "event")),
          entry("container.docker", Set.of("os", "table", "container", "event")),
          entry("container.cri", Set.of("os", "table", "container", "event")),
          entry("filter", Set.of("event", "fields")),
          entry("match", Set.of("table", "dns", "event", "capture")),
          entry("names", Set.of("table", "dns", "event")),
          entry("peer", Set.of("table", "event", "capture")),
          entry("output", Set.of("table", "event", "fields")),
          entry("output.json", Set.of("table", "dns", "event", "fields", "output")),
          entry("output.pcapng", Set.of("table", "pcap", "event", "fields", "wire", "output")),
          entry(
              "trace",
              Set.of(
                  "os",
                  "table",
                  "pcap",
                  "dns",
                  "event",
                  "wire",
                  "capture",
                  "container",
                  "filter",
                  "match",
                  "names",
                  "peer")),
          entry("stats", Set.of("event")),
          entry("advise", Set.of("table", "dns", "event", "names", "stats")),
          entry(
              "advise.rules",
              Set.of("table", "dns", "event", "fields", "names", "stats", "advise")),
          entry("advise.wire", Set.of("event", "stats", "wire", "advise")),
          entry("advise.report", Set.of("dns", "event", "output", "output.json", "advise")),
          entry("top", Set.of("event", "fields", "filter", "names", "output", "stats")),
          entry("top.screen", Set.of("event", "fields", "output", "top")),
          entry("top.wire", Set.of("stats", "wire", "top")),
          entry("export", Set.of("table", "dns", "event")),
          entry("agent.endpoints", Set.of("os", "event")),
          entry(
              "agent",
              Set.of(
                  "event",
                  "wire",
                  "container",
                  "filter",
                  "names",
                  "trace",
                  "advise",
                  "advise.rules",
                  "advise.wire",
                  "stats",
                  "top",
                  "top.wire",
                  "agent.endpoints")),
          entry("kube.access", Set.of("event")),
          entry("kube", Set.of("os", "event", "wire", "trace", "top", "kube.access")),
          entry("kube.deploy", Set.of("event", "container", "kube", "kube.access")),
          entry(
              "cli",
              Set.of(
                  "os",
                  "pcap",
                  "demo",
                  "event",
                  "fields",
                  "container",
                  "container.docker",
                  "container.cri",
                  "filter",
                  "names",
                  "output",
                  "output.json",
                  "output.pcapng",
                  "trace",
                  "advise",
                  "advise.rules",
                  "advise.wire",
                  "advise.report",
                  "stats",
                  "top",
                  "top.screen",
                  "top.wire",
                  "export",
                  "agent",
                  "kube",
                  "kube.access",
                  "kube.deploy")));

  /// What ends the process or prints: for cli alone.
  private static final Set<String> CLI_ONLY =
      Set.of(
          "java/lang/System.exit",
          "java/lang/System.out",
          "java/lang/System.err",
          "java/lang/Runtime.exit",
          "java/lang/Runtime.halt",
          "java/io/FileDescriptor.out",
          "java/io/FileDescriptor.err");

  /// The second signal ends the process at once, whatever the first is still waiting for.
  private static final Set<String> EXCEPTIONS =
      Set.of("dev/jig/os/Signals uses java/lang/Runtime.halt");

  /// A class as itself, in a descriptor or in a generic signature.
  private static final Pattern OF_JIG = Pattern.compile("(?:^|L)dev/jig/((?:[a-z0-9]+/)+)");

  @Test
  void everyPackageUsesOnlyWhatItMay() throws IOException {
    List<String> broken = new ArrayList<>();
    int classes = 0;
    try (Stream<Path> files = Files.walk(Path.of("target/classes/dev/jig"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        broken.addAll(broken(Files.readAllBytes(file)));
        classes++;
      }
    }

    assertThat(classes).isPositive();
    assertThat(broken).isEmpty();
  }

  @Test
  void seesAForbiddenFieldType() {
    byte[] intruder =
        ClassFile.of()
            .build(
                ClassDesc.of("dev.jig.dns.Intruder"),
                it -> it.withField("owner", ClassDesc.of("dev.jig.event.Owner"), 0));

    assertThat(broken(intruder)).containsExactly("dev/jig/dns/Intruder uses event");
  }

  @Test
  void seesAForbiddenCallAndPrinting() {
    MethodTypeDesc takesInt = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int);
    byte[] intruder =
        ClassFile.of()
            .build(
                ClassDesc.of("dev.jig.cli.sub.Intruder"),
                it ->
                    it.withMethodBody(
                        "run",
                        ConstantDescs.MTD_void,
                        ClassFile.ACC_STATIC,
                        code ->
                            code.iconst_0()
                                .invokestatic(
                                    ClassDesc.of("dev.jig.capture.Live"), "start", takesInt)
                                .return_()));
    byte[] printer =
        ClassFile.of()
            .build(
                ClassDesc.of("dev.jig.trace.Printer"),
                it ->
                    it.withMethodBody(
                        "run",
                        ConstantDescs.MTD_void,
                        ClassFile.ACC_STATIC,
                        code ->
                            code.iconst_0()
                                .invokestatic(ClassDesc.of("java.lang.System"), "exit", takesInt)
                                .getstatic(
                                    ClassDesc.of("java.lang.System"),
                                    "out",
                                    ClassDesc.of("java.io.PrintStream"))
                                .pop()
                                .return_()));

    assertThat(broken(intruder)).containsExactly("dev/jig/cli/sub/Intruder uses capture");
    assertThat(broken(printer))
        .containsExactlyInAnyOrder(
            "dev/jig/trace/Printer uses java/lang/System.exit",
            "dev/jig/trace/Printer uses java/lang/System.out");
  }

  @Test
  void seesAClassOutsideTheListedPackages() {
    byte[] stray = ClassFile.of().build(ClassDesc.of("dev.jig.attic.Stray"), it -> {});

    assertThat(broken(stray)).containsExactly("dev/jig/attic/Stray is in no package of MAY_USE");
  }

  /// One sentence for each forbidden use of this class.
  private static List<String> broken(byte[] bytes) {
    ClassModel model = ClassFile.of().parse(bytes);
    String name = model.thisClass().asInternalName();
    String room = room(name.substring("dev/jig/".length(), name.lastIndexOf('/') + 1));
    if (room.isEmpty()) {
      return List.of(name + " is in no package of MAY_USE");
    }
    return uses(model)
        .filter(use -> !use.equals(room) && !MAY_USE.get(room).contains(use))
        .filter(use -> !(room.equals("cli") && CLI_ONLY.contains(use)))
        .distinct()
        .map(use -> name + " uses " + use)
        .filter(broken -> !EXCEPTIONS.contains(broken))
        .toList();
  }

  /// The packages a class names, and its uses of [#CLI_ONLY].
  private static Stream<String> uses(ClassModel model) {
    List<String> uses = new ArrayList<>();
    for (PoolEntry entry : model.constantPool()) {
      if (entry instanceof MemberRefEntry member) {
        String use = member.owner().asInternalName() + "." + member.name().stringValue();
        if (CLI_ONLY.contains(use)) {
          uses.add(use);
        }
      } else if (entry instanceof Utf8Entry text) {
        OF_JIG
            .matcher(text.stringValue())
            .results()
            .forEach(found -> uses.add(room(found.group(1))));
      }
    }
    return uses.stream();
  }

  /// The nearest listed package at or above `path`; empty if there is none.
  ///
  /// @param path below dev.jig, such as `container/cri/api/`
  private static String room(String path) {
    String name = path.substring(0, path.length() - 1).replace('/', '.');
    while (!name.isEmpty() && !MAY_USE.containsKey(name)) {
      name = name.substring(0, Math.max(name.lastIndexOf('.'), 0));
    }
    return name;
  }
}
