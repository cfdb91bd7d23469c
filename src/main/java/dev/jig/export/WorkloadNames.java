package dev.jig.export;

import dev.jig.table.Lru;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What stands for a pod in the labels: its own name, or that of its owner by the pattern of names
/// that controllers give. One thread.
public final class WorkloadNames {
  private static final int MAX_NAMES = 4_096;

  /// The letters of generated parts (k8s.io/apimachinery/pkg/util/rand).
  private static final String LETTER = "[bcdfghjklmnpqrstvwxz2456789]";

  /// A Deployment's pod (ReplicaSet's hash and 5 letters), a CronJob's (minutes and 5 letters),
  /// that of a DaemonSet, Job or ReplicaSet (5 letters), or a StatefulSet's (a number).
  private static final Pattern GENERATED =
      Pattern.compile(
          "(.+?)(?:-"
              + LETTER
              + "{6,10}-"
              + LETTER
              + "{5}|-\\d{8,10}-"
              + LETTER
              + "{5}|-"
              + LETTER
              + "{5}|-\\d{1,5})");

  private final boolean isFolded;
  private final Lru<String, String> owners = new Lru<>(MAX_NAMES);

  /// @param isFolded whether pods are folded into their owner
  public WorkloadNames(boolean isFolded) {
    this.isFolded = isFolded;
  }

  String of(String pod) {
    return isFolded ? owners.computeIfAbsent(pod, WorkloadNames::ownerOf) : pod;
  }

  private static String ownerOf(String pod) {
    Matcher matcher = GENERATED.matcher(pod);
    return matcher.matches() ? matcher.group(1) : pod;
  }
}
