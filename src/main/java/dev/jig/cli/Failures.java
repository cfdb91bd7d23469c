package dev.jig.cli;

import dev.jig.event.UsageException;
import dev.jig.kube.access.ClusterException;
import dev.jig.trace.TraceRefused;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// Prints an exception as a sentence with a hint and chooses the exit code.
final class Failures {
  /// Exit code: not possible on this machine or cluster, or a damaged file.
  static final int EXIT_FAILURE = 1;

  /// Exit code: a mistake on the command line; nothing was attached.
  static final int EXIT_USAGE = 2;

  private Failures() {}

  static int onParameters(ParameterException e, String[] args) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    if (e.getCause() instanceof UsageException usage) {
      return report(usage);
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
    return switch (e) {
      case UsageException usage -> report(usage);
      case TraceRefused refused -> {
        refused.log().lines().forEach(line -> Console.print("  " + line));
        Console.print(sentence(refused.getMessage() + ": " + refused.hint()));
        yield EXIT_FAILURE;
      }
      case ClusterException problem -> {
        Console.printPlain(sentence(String.valueOf(problem.getMessage())));
        yield EXIT_FAILURE;
      }
      case UserFacingException cannot -> {
        Console.print(sentence(String.valueOf(cannot.getMessage())));
        yield EXIT_FAILURE;
      }
      default -> throw e; // a bug: picocli prints the stack trace
    };
  }

  private static int report(UsageException usage) {
    Console.print(sentence(usage.sentence()) + " " + usage.hint());
    return EXIT_USAGE;
  }

  private static String sentence(String text) {
    return text.endsWith(".") || text.endsWith("?") ? text : text + ".";
  }
}
