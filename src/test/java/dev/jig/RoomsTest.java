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

/// Guards the doors between the rooms (docs/ARCHITECTURE.md): reads every class file and compares
/// the packages it names with those its room may use.
final class RoomsTest {
  private static final Map<String, Set<String>> DOORS =
      Map.ofEntries(
          entry("bpf", Set.of()),
          entry("pcap", Set.of()),
          entry("dns", Set.of()),
          entry("event", Set.of("dns")),
          entry("capture", Set.of("bpf", "pcap", "dns", "event")),
          entry("container", Set.of("event")),
          entry("filter", Set.of("event")),
          entry("output", Set.of("dns", "event", "pcap")),
          entry(
              "trace",
              Set.of("bpf", "pcap", "dns", "event", "capture", "container", "filter", "output")),
          entry("demo", Set.of()),
          entry("kube", Set.of("trace", "container", "filter", "event", "output")),
          entry(
              "cli",
              Set.of(
                  "pcap",
                  "dns",
                  "event",
                  "container",
                  "filter",
                  "output",
                  "trace",
                  "kube",
                  "demo")));

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
      Set.of("dev/jig/bpf/Signals uses java/lang/Runtime.halt");

  /// A class as itself, in a descriptor or in a generic signature.
  private static final Pattern OF_JIG = Pattern.compile("(?:^|L)dev/jig/([a-z0-9]+)/");

  @Test
  void everyRoomUsesOnlyItsDoors() throws IOException {
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
  void seesAClassOutsideTheRooms() {
    byte[] stray = ClassFile.of().build(ClassDesc.of("dev.jig.attic.Stray"), it -> {});

    assertThat(broken(stray)).containsExactly("dev/jig/attic/Stray is in no room");
  }

  /// One sentence per door this class breaks.
  private static List<String> broken(byte[] bytes) {
    ClassModel model = ClassFile.of().parse(bytes);
    String name = model.thisClass().asInternalName();
    String room = room(name);
    if (!DOORS.containsKey(room)) {
      return List.of(name + " is in no room");
    }
    return uses(model)
        .filter(use -> !use.equals(room) && !DOORS.get(room).contains(use))
        .filter(use -> !(room.equals("cli") && CLI_ONLY.contains(use)))
        .distinct()
        .map(use -> name + " uses " + use)
        .filter(broken -> !EXCEPTIONS.contains(broken))
        .toList();
  }

  /// The rooms a class names, and what it uses of [#CLI_ONLY].
  private static Stream<String> uses(ClassModel model) {
    List<String> uses = new ArrayList<>();
    for (PoolEntry entry : model.constantPool()) {
      if (entry instanceof MemberRefEntry member) {
        String use = member.owner().asInternalName() + "." + member.name().stringValue();
        if (CLI_ONLY.contains(use)) {
          uses.add(use);
        }
      } else if (entry instanceof Utf8Entry text) {
        OF_JIG.matcher(text.stringValue()).results().forEach(found -> uses.add(found.group(1)));
      }
    }
    return uses.stream();
  }

  private static String room(String internalName) {
    String[] parts = internalName.split("/", -1);
    return parts.length > 3 ? parts[2] : "";
  }
}
