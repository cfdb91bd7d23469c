package dev.jig.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.ParseResult;

/// Whole lines of the real command line, without a kernel.
final class CommandLineTest {
  private record Run(int exitCode, String out, String err) {}

  private static Run ig(String... arguments) {
    return ig(Map.of(), arguments);
  }

  private static Run ig(Map<String, String> environment, String... arguments) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(printed, true, UTF_8));
      System.setErr(new PrintStream(stderr, true, UTF_8));
      int code =
          Ig.commandLine(environment)
              .setOut(new PrintWriter(printed, true, UTF_8))
              .execute(arguments);
      return new Run(code, printed.toString(UTF_8), stderr.toString(UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  private static Run traceDns(String... arguments) {
    List<String> all = new ArrayList<>(List.of("trace", "dns"));
    all.addAll(List.of(arguments));
    return ig(all.toArray(String[]::new));
  }

  /// The kernel programs of these command lines are loaded before they are parsed.
  @ParameterizedTest
  @CsvSource({
    "trace dns, true",
    "trace dns -o json --ready-file f, true",
    "trace dns -- prog --help --read, true",
    "trace dns --read f, false",
    "trace dns -v --read=f, false",
    "trace dns --help, false",
    "advise dns, true",
    "advise dns --demo, true",
    "advise dns --list, false",
    "advise dns --read f, false",
    "advise, false",
    "trace, false",
    "list-containers, false",
    "version, false"
  })
  void loadsEarlyForALiveTrace(String line, boolean expected) {
    assertThat(Ig.isLiveTrace(line.split(" "), Map.of())).isEqualTo(expected);
    assertThat(Ig.isLiveTrace(line.split(" "), Map.of("INSPEKTOR_GADGET_READ", "f"))).isFalse();
  }

  /// An invalid value ends in one line that contains it, and in exit code 2.
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          -P 0            | "0" is not a port. Write 1 to 16 ports from 1 to 65535, such as 53,5353, or any.
          -P 53,x         | "x" is not a port. Write 1 to 16 ports from 1 to 65535, such as 53,5353, or any.
          --dns-timeout 0 | "0" is not a value of --dns-timeout. Write a duration above 0 such as 10s, 500ms or 1m30s.
          --dns-timeout 5 | "5" is not a duration. Write numbers with a unit (ns, us, ms, s, m, h), such as 10s, 1m30s or 250ms.
          -t 1.5          | "1.5" is not a value of --timeout. Write whole seconds; 0 is no limit.
          -t -1           | "-1" is not a value of --timeout. Write whole seconds; 0 is no limit.
          -F qname:x      | There is no column "qname". Did you mean name?
          -F pid:x        | "x" is not a whole number, which pid requires. Write a whole number, such as pid:>=1000.
          -F name:~(      | "(" is not a valid regular expression: missing closing ). Use RE2 syntax: it has no look-around and no back-references.
          -o columns=nme  | There is no column "nme". Did you mean name?
          -o xml          | "xml" is not an output format. The formats are columns, wide, json, jsonpretty, yaml, pcapng.
          -o jsn          | "jsn" is not an output format. Did you mean json?
          -o pcapng --lookups | -o pcapng writes packets, but --lookups makes one row of several. Leave out --lookups: it works later, with --read FILE --lookups.
          -o pcapng --names | -o pcapng writes packets, but --names makes one row of many. Leave out --names: it works later, with --read FILE --names.
          --names --lookups | --names and --lookups exclude each other. Take one: -o json has the lookups of each name too.
          -r dokcer       | "dokcer" is not a container runtime. Did you mean docker?
          -c a,,b         | The list of containers contains an empty name: "a,,b". Separate names or ids by single commas; !name excludes a container.
          --demo --read x | --read, --demo and -- CMD exclude each other. Each is a source of packets: take one.
          --demo -- true  | --read, --demo and -- CMD exclude each other. Each is a source of packets: take one.
          -o pcapng -- x  | -o pcapng with -- CMD needs a file: stdout belongs to the command. Name one: --output-file dns.pcapng.
          --              | There is no command after --. Write one: ig trace dns -- CMD ARG...
          """)
  void reportsAnInvalidValueWithAHint(String arguments, String line) {
    Run run = traceDns(arguments.split(" ", -1));

    assertThat(run.err()).isEqualTo("ig: " + line + "\n");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          --nosuch | Unknown option: '--nosuch'. | See ig trace dns --help.
          --hots   | Unknown option: '--hots'. | Did you mean --host?
          -P       | Missing required parameter for option '--ports' (LIST). | See ig trace dns --help.
          foo      | "foo" is not a flag of ig trace dns; a command to run follows --. | See ig trace dns --help.
          foo -- x | "foo" is not a flag of ig trace dns; a command to run follows --. | See ig trace dns --help.
          """)
  void reportsAnUnknownWordAndNamesHelp(String arguments, String sentence, String hint) {
    Run run = traceDns(arguments.split(" ", -1));

    assertThat(run.err()).isEqualTo("ig: " + sentence + "\nig: " + hint + "\n");
    assertThat(run.exitCode()).isEqualTo(2);
  }

  @Test
  void requiresACommand() {
    assertThat(ig())
        .isEqualTo(new Run(2, "", "ig: ig needs a command: ig trace dns.\nig: See ig --help.\n"));
    assertThat(ig("trace"))
        .isEqualTo(
            new Run(
                2, "", "ig: ig trace needs a gadget: ig trace dns.\nig: See ig trace --help.\n"));
  }

  @Test
  void printsTheVersionOnOneLine() {
    Run run = ig("version");

    assertThat(run.out()).matches("v\\d+\\.\\d+\\.\\d+\\S*\\n");
    assertThat(run.exitCode()).isZero();
    assertThat(ig("--version")).isEqualTo(run);
  }

  @Test
  void takesVerboseTwiceOrItsLevelFromTheEnvironment() {
    assertThat(verbosity(Map.of())).isZero();
    assertThat(verbosity(Map.of(), "-v")).isEqualTo(1);
    assertThat(verbosity(Map.of(), "-v", "-v")).isEqualTo(2);
    assertThat(verbosity(Map.of(), "-vv")).isEqualTo(2);
    for (Map.Entry<String, Integer> each :
        Map.of("", 0, "0", 0, "false", 0, "1", 1, "true", 1, "2", 2).entrySet()) {
      assertThat(verbosity(Map.of("INSPEKTOR_GADGET_VERBOSE", each.getKey())))
          .as("INSPEKTOR_GADGET_VERBOSE=%s", each.getKey())
          .isEqualTo(each.getValue());
    }
    assertThat(verbosity(Map.of("INSPEKTOR_GADGET_VERBOSE", "2"), "-v")).isEqualTo(1);
  }

  private static int verbosity(Map<String, String> environment, String... flags) {
    List<String> words = new ArrayList<>(List.of("trace", "dns"));
    words.addAll(List.of(flags));
    ParseResult dns =
        Ig.commandLine(environment)
            .parseArgs(words.toArray(String[]::new))
            .subcommand()
            .subcommand();
    return ((TraceDnsCommand) dns.commandSpec().userObject()).options.selection.verbosity.level();
  }

  @Test
  void helpListsTheFlagsInTheirOrder() {
    Run run = traceDns("--help");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .startsWith("Usage: ig trace dns [FLAGS]\n       ig trace dns [FLAGS] -- CMD ARG...\n")
        .doesNotContain("--ready-file", "--command-user");
    assertThat(run.out().lines().filter(line -> line.matches(" +(-\\w, )?--\\w.*")))
        .extracting(line -> line.replaceAll("^ +(-\\w, )?(--[a-z-]+).*", "$2"))
        .containsExactly(
            "--containername",
            "--host",
            "--demo",
            "--read",
            "--runtimes",
            "--docker-socketpath",
            "--containerd-socketpath",
            "--crio-socketpath",
            "--podman-socketpath",
            "--containerd-namespace",
            "--dns-timeout",
            "--ports",
            "--lookups",
            "--names",
            "--failed",
            "--paths",
            "--timeout",
            "--filter",
            "--output",
            "--verbose",
            "--output-file",
            "--help");
  }

  @Test
  void readsFlagsFromTheEnvironment() {
    for (Map.Entry<String, String> each :
        Map.of(
                "PORTS", "\"0\" is not a port",
                "DNS_TIMEOUT", "\"0\" is not a value of --dns-timeout",
                "FILTER", "The filter \"0\" has no operator",
                "OUTPUT", "\"0\" is not an output format",
                "RUNTIMES", "\"0\" is not a container runtime")
            .entrySet()) {
      Run run = ig(Map.of("INSPEKTOR_GADGET_" + each.getKey(), "0"), "trace", "dns");

      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.err()).contains(each.getValue());
    }
  }

  @Test
  void prefersTheFlagToTheEnvironment() {
    Map<String, String> wrong =
        Map.of("INSPEKTOR_GADGET_PORTS", "0", "INSPEKTOR_GADGET_FILTER", "nosuch:1");

    Run run = ig(wrong, "trace", "dns", "-P", "53", "-F", "name:x", "--read", "/nonexistent");

    assertThat(run).isEqualTo(unreadable());
  }

  @Test
  void aFlagDoesNotClearTheSameSwitchInTheEnvironment() {
    for (String yes : List.of("true", "1", "TRUE")) {
      Map<String, String> environment = Map.of("INSPEKTOR_GADGET_DEMO", yes);

      Run by = ig(environment, "trace", "dns", "--read", "x");
      Run both = ig(environment, "trace", "dns", "--demo", "--read", "x");

      assertThat(by.err()).startsWith("ig: --read, --demo and -- CMD exclude each other.");
      assertThat(both).isEqualTo(by);
    }
    for (String no : List.of("false", "0", "")) {
      Map<String, String> environment = Map.of("INSPEKTOR_GADGET_DEMO", no);

      assertThat(ig(environment, "trace", "dns", "--read", "/nonexistent")).isEqualTo(unreadable());
    }
  }

  @Test
  void refusesASwitchInTheEnvironmentThatIsNoBoolean() {
    Run run = ig(Map.of("INSPEKTOR_GADGET_HOST", "maybe"), "trace", "dns");

    assertThat(run.err())
        .startsWith("ig: Invalid value for option '--host': 'maybe' is not a boolean.");
    assertThat(run.exitCode()).isEqualTo(2);
  }

  @Test
  void reportsACommandThatCannotBeExecutedBeforeAttaching() {
    assertThat(traceDns("--", "/nonexistent/program", "-P", "0"))
        .isEqualTo(
            new Run(
                127,
                "",
                "ig: \"/nonexistent/program\" is not found: check the name of the command"
                    + " and PATH.\n"));
    assertThat(traceDns("--", "/proc/self/status").exitCode()).isEqualTo(126);
  }

  @Test
  void listContainersRefusesOtherFormatsAndColumns() {
    assertThat(ig("list-containers", "-o", "columns=pid"))
        .isEqualTo(
            new Run(
                2,
                "",
                "ig: The column \"pid\" does not describe containers. Take columns that"
                    + " begin with runtime. or k8s.\n"));
    assertThat(ig("list-containers", "-o", "wide"))
        .isEqualTo(
            new Run(
                2,
                "",
                "ig: \"wide\" is not an output format for containers. The formats are columns, json,"
                    + " jsonpretty and yaml.\n"));
  }

  @Test
  void escapesControlCharactersOfTheCommandLine() {
    assertThat(traceDns("-o", "\u001b[2J\n").err())
        .isEqualTo(
            "ig: \"\\x1b[2J\\x0a\" is not an output format. The formats are columns, wide, json,"
                + " jsonpretty, yaml, pcapng.\n");
  }

  private static Run unreadable() {
    return new Run(
        1, "", "ig: cannot read /nonexistent: no such file or directory, check its path.\n");
  }
}
