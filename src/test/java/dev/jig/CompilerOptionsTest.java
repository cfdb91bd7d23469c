package dev.jig;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The methods that src/main/dist/compiler.options names exist: the JVM ignores others silently.
final class CompilerOptionsTest {
  private static final Pattern COMMAND =
      Pattern.compile("-XX:CompileCommand=dontinline,([\\w.]+)::(\\w+|\\*)");

  @Test
  void commandsNameMethodsThatExist() throws IOException, ClassNotFoundException {
    List<String> commands =
        Files.readAllLines(Path.of("src/main/dist/compiler.options")).stream()
            .filter(line -> line.startsWith("-XX:CompileCommand=dontinline"))
            .toList();

    assertThat(commands).isNotEmpty();
    for (String command : commands) {
      Matcher matcher = COMMAND.matcher(command);
      assertThat(matcher.matches()).as(command).isTrue();
      Class<?> named = Class.forName(matcher.group(1), false, getClass().getClassLoader());
      String method = matcher.group(2);
      assertThat(Stream.of(named.getDeclaredMethods()).map(Method::getName))
          .as(command)
          .anyMatch(name -> method.equals("*") || method.equals(name));
    }
  }
}
