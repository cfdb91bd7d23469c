package dev.jig.kube.access;

/// What was asked for can't be done on this cluster; the message is a sentence with a hint.
public final class ClusterProblem extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ClusterProblem(String sentence) {
    super(sentence);
  }

  public ClusterProblem(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
