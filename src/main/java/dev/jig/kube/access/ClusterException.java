package dev.jig.kube.access;

/// What was asked for can't be done on this cluster; the message is a sentence with a hint.
public final class ClusterException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ClusterException(String sentence) {
    super(sentence);
  }

  public ClusterException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
