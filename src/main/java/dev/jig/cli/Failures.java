package dev.jig.cli;

import dev.jig.event.UsageException;
import dev.jig.kube.access.ClusterProblem;
import dev.jig.trace.TraceRefused;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// From an exception to a sentence, a hint and an exit code.
final class Failures {
  /// The machine can't, or a file is damaged.
  static final int CANNOT = 1;

  /// A wrong word on the command line; nothing was attached.
  static final int USAGE = 2;

  private Failures() {}

  static int onParameters(ParameterException e, String[] args) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    if (e.getCause() instanceof UsageException usage) {
      return report(usage);
    }
    Console.say(sentence(String.valueOf(e.getMessage())));
    if (e instanceof UnmatchedArgumentException unmatched) {
      List<String> near = unmatched.getSuggestions();
      if (!near.isEmpty()) {
        Console.say("Did you mean " + String.join(" or ", near) + "?");
        return USAGE;
      }
    }
    Console.say("See " + command + " --help.");
    return USAGE;
  }

  static int onExecution(Exception e, CommandLine command, ParseResult parsed) throws Exception {
    return switch (e) {
      case UsageException usage -> report(usage);
      case TraceRefused refused -> {
        refused.log().lines().forEach(line -> Console.say("  " + line));
        Console.say(sentence(refused.getMessage() + ": " + refused.hint()));
        yield CANNOT;
      }
      case ClusterProblem problem -> {
        Console.plain(sentence(String.valueOf(problem.getMessage())));
        yield CANNOT;
      }
      case CannotException cannot -> {
        Console.say(sentence(String.valueOf(cannot.getMessage())));
        yield CANNOT;
      }
      default -> throw e; // ours: loud
    };
  }

  private static int report(UsageException usage) {
    Console.say(sentence(usage.sentence()) + " " + usage.hint());
    return USAGE;
  }

  private static String sentence(String text) {
    return text.endsWith(".") || text.endsWith("?") ? text : text + ".";
  }
}
