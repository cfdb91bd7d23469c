package dev.jig.it.kube;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/// Prints the cluster's state when a test fails, and removes what the classes share after the last
/// one.
final class ClusterReport
    implements BeforeAllCallback,
        LifecycleMethodExecutionExceptionHandler,
        TestExecutionExceptionHandler {
  private static final Namespace STORE = Namespace.create(ClusterReport.class);

  @Override
  public void beforeAll(ExtensionContext context) {
    context
        .getRoot()
        .getStore(STORE)
        .computeIfAbsent("the end", _ -> (AutoCloseable) TestCluster::removeEverything);
  }

  @Override
  public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    print(context);
    throw failure;
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    print(context);
    throw failure;
  }

  private static void print(ExtensionContext context) {
    System.err.println(context.getDisplayName() + " failed; " + TestCluster.report());
  }
}
