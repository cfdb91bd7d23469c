package dev.jig.kube.deploy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.nio.file.Path;

/// Helm itself, as a library, in a process of its own: it brings a runtime with signal handlers.
final class RealHelm {
  private RealHelm() {}

  /// `lint CHART` or `template CHART VALUES NAMESPACE`; what Helm says goes to stdout.
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
