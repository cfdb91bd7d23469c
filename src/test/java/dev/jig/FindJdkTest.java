package dev.jig;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.fixture.Command;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `find_jdk` of bin/lib.sh on a machine without JDK 25, with shell functions in place of apt.
final class FindJdkTest {
  private static final String MACHINE =
      """
      . bin/lib.sh
      installed_jdk() { jdk=/opt/jdk-25; [[ -e $0/jdk ]]; }
      can_be_root() { true; }
      as_root() { "$@"; }
      apt-get() { touch "$0/lists"; }
      apt-cache() {
        [[ -e $0/lists ]] || return 0
        if [[ $1 == pkgnames ]]; then echo openjdk-21-jdk; else printf '  Candidate: %s\\n' "$candidate"; fi
      }
      apt_install() { printf '%s\\n' "$*" >"$0/jdk"; }
      """;

  @TempDir Path state;

  private Command.Result findJdk(String setUp) {
    String script = MACHINE + setUp + "; find_jdk; echo \"$jdk\" \"$(<\"$0/jdk\")\"";
    return Command.run(List.of("bash", "-c", script, state.toString()));
  }

  @Test
  void installsTheJdkThatAptHas() {
    Command.Result run = findJdk("touch $0/lists; candidate=25.0.1+8-1");

    assertThat(run.out()).isEqualTo("/opt/jdk-25 openjdk-25-jdk-headless\n");
    assertThat(run.err()).endsWith(": installing openjdk-25-jdk-headless (apt)\n");
  }

  @Test
  void fetchesAptsListsIfThereAreNone() {
    assertThat(findJdk("candidate=25.0.1+8-1").out())
        .isEqualTo("/opt/jdk-25 openjdk-25-jdk-headless\n");
  }

  @Test
  void namesWhereToGetAJdkIfAptHasNone() {
    for (String machine : List.of("candidate='(none)'", "unset -f apt-get; PATH=")) {
      Command.Result run = findJdk(machine);

      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.out()).isEmpty();
      assertThat(run.err())
          .endsWith(
              ": no JDK 25 in JAVA_HOME or /usr/lib/jvm: install Temurin 25 from"
                  + " https://adoptium.net or the distribution's openjdk-25-jdk-headless\n");
    }
  }

  @Test
  void installsNothingIfThereIsAJdk() {
    Command.Result run = findJdk("touch $0/jdk; apt_install() { exit 9; }; candidate=25.0.1+8-1");

    assertThat(run.out()).isEqualTo("/opt/jdk-25 \n");
    assertThat(run.err()).isEmpty();
  }
}
