package dev.jig.kube.deploy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.nio.file.Path;

/// Helm as a library, run in a separate process: its Go runtime installs signal handlers.
final class RealHelm {
  private RealHelm() {}

  /// `lint CHART` or `template CHART VALUES NAMESPACE`; output goes to stdout.
  public static void main(String[] args) {
    Helm helm = new Helm(Path.of(args[1]));
    if (args[0].equals("lint")) {
      LintResult result = helm.lint().strict().call();
      result.getMessages().forEach(System.out::println);
      System.exit(result.isFailed() ? 1 : 0);
    }
    try {
      System.out.print(
          helm.template().withNamespace(args[3]).withValuesFile(Path.of(args[2])).call());
    } catch (IllegalStateException refused) {
      System.out.print(refused.getMessage());
      System.exit(1);
    }
  }
}
