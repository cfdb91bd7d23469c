package dev.jig.cli;

import dev.jig.event.UserFacingException;
import dev.jig.fields.NearNames;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// Prints an exception as a sentence with a hint and chooses the exit code.
final class Failures {
  /// Exit code: not possible on this machine or cluster, or a damaged file.
  static final int EXIT_FAILURE = UserFacingException.Kind.MACHINE.exitCode();

  private static final int EXIT_USAGE = UserFacingException.Kind.USAGE.exitCode();

  private Failures() {}

  static int onParameters(ParameterException e, String[] args) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    if (e.getCause() instanceof UserFacingException failure) {
      return report(failure);
    }
    Console.print(sentence(String.valueOf(e.getMessage())));
    if (e instanceof UnmatchedArgumentException unmatched) {
      List<String> near = unmatched.getSuggestions();
      if (!near.isEmpty()) {
        Console.print("Did you mean " + String.join(" or ", near) + "?");
        return EXIT_USAGE;
      }
    }
    Console.print("See " + command + " --help.");
    return EXIT_USAGE;
  }

  static int onExecution(Exception e, CommandLine command, ParseResult parsed) throws Exception {
    if (e instanceof UserFacingException failure) {
      return report(failure);
    }
    throw e; // a bug: picocli prints the stack trace
  }

  private static int report(UserFacingException failure) {
    failure.log().lines().forEach(line -> Console.print("  " + line));
    switch (failure.kind()) {
      case USAGE -> Console.print(failure.text());
      case MACHINE -> Console.print(sentence(failure.text()));
      case CLUSTER -> Console.printPlain(sentence(failure.text()));
    }
    return failure.exitCode();
  }

  /// Builds the exception for a value that is not one of those known.
  ///
  /// @param what such as `a value of --fail-on`
  static UserFacingException unknownValue(String what, String value, List<String> known) {
    return UserFacingException.usage(
        "\"" + value + "\" is not " + what + ".",
        NearNames.hint(value, known, "Choose from " + String.join(", ", known) + "."));
  }

  private static String sentence(String text) {
    return text.endsWith(".") || text.endsWith("?") ? text : text + ".";
  }

  /// Builds the exception for a file that cannot be read or written.
  ///
  /// @param what such as `cannot read FILE`
  static UserFacingException ofFile(String what, IOException e) {
    String hint =
        switch (e) {
          case NoSuchFileException missing -> ", check its path";
          case AccessDeniedException denied -> ", check its permissions";
          default -> "";
        };
    return UserFacingException.machine(what + ": " + reason(e) + hint);
  }

  /// Returns why an operation on a file failed, without the name of the file.
  static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> "no such file or directory";
      case AccessDeniedException denied -> "permission denied";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }
}
