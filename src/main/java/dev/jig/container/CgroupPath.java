package dev.jig.container;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The containers in a cgroup's path, parsed from the shape of its segments.
///
/// A path may lead through several: Docker in Docker, kind, a runtime in a pod. [Containers]
/// chooses one of them.
///
/// A segment is a container if it has a generated id. Directories of LXC, systemd-nspawn and
/// virtual machines have chosen names, as services have, and are not recognized.
///
/// @param containers outermost first; empty if the cgroup is not inside a container
public record CgroupPath(List<Id> containers) {

  /// A container as its path shows it.
  ///
  /// @param runtime null if several runtimes have this shape
  /// @param id 64 hex digits; for a build step of BuildKit 25 letters and digits; for a container
  ///   made by a client of containerd itself any name
  /// @param podUid the pod's uid with dashes
  public record Id(@Nullable RuntimeKind runtime, String id, @Nullable String podUid) {

    /// The runtime as [dev.jig.event.Container#runtime] has it.
    @Nullable String runtimeKey() {
      return runtime == null ? null : runtime.key();
    }
  }

  private static final int ID_LENGTH = 64;
  private static final int BUILD_STEP_LENGTH = 25;
  private static final String DELETED = " (deleted)"; // /proc/PID/cgroup appends it after rmdir

  /// 8-4-4-4-12 with `-` or systemd's `_`, or the bare 32 digits of a static pod.
  private static final Pattern POD_UID =
      Pattern.compile(
          "[0-9a-f]{8}([-_])[0-9a-f]{4}(\\1[0-9a-f]{4}){2}\\1[0-9a-f]{12}|[0-9a-f]{32}");

  /// At most 76 characters, each separator between letters or digits.
  private static final Pattern CONTAINERD_ID =
      Pattern.compile("(?=.{1,76}$)[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*");

  public CgroupPath {
    containers = List.copyOf(containers);
  }

  /// Parses a path from the root of cgroup v2 or of a v1 hierarchy: the shapes are the same.
  public static CgroupPath parse(String path) {
    String live =
        path.endsWith(DELETED) ? path.substring(0, path.length() - DELETED.length()) : path;
    List<Id> found = new ArrayList<>(2);
    String parent = "";
    String podUid = null;
    int depth = 0; // below the root, or below the last container
    for (String segment : live.split("/", -1)) {
      String pod = podUid(segment);
      podUid = pod != null ? pod : podUid;
      Id container = container(parent, segment, podUid);
      if (container == null && depth == 2 && isContainerdNamespace(parent)) {
        container = containerdId(segment);
      }
      depth++;
      // kind on cgroup v1: the path leads through the same container twice.
      if (container != null && (found.isEmpty() || !found.getLast().id().equals(container.id()))) {
        found.add(container);
      }
      if (container != null) {
        podUid = null; // a container inside this one is not of its pod
        depth = 1;
      }
      parent = segment;
    }
    return new CgroupPath(found);
  }

  /// `/default/NAME`: with clients of containerd itself the user chooses the id.
  private static @Nullable Id containerdId(String segment) {
    return CONTAINERD_ID.matcher(segment).matches()
        ? new Id(RuntimeKind.CONTAINERD, segment, null)
        : null;
  }

  private static boolean isContainerdNamespace(String segment) {
    return segment.equals("default") || segment.equals("k8s.io");
  }

  private static @Nullable Id container(String parent, String segment, @Nullable String podUid) {
    if (isHex(segment, ID_LENGTH)) {
      // Podman's pods have a directory of 64 digits above their containers.
      return parent.equals("libpod_parent") ? null : new Id(runtimeAbove(parent), segment, podUid);
    }
    if (parent.equals("buildkit") && isBuildStep(segment)) {
      return new Id(null, segment, podUid);
    }
    // slice:prefix:id, runc's systemd notation, which its cgroupfs driver takes literally
    int colon = segment.lastIndexOf(':');
    if (colon > 0 && isHex(segment.substring(colon + 1), ID_LENGTH)) {
      String prefix = segment.substring(segment.lastIndexOf(':', colon - 1) + 1, colon);
      return new Id(RuntimeKind.ofCgroupPrefix(prefix), segment.substring(colon + 1), podUid);
    }
    return prefixed(segment, podUid);
  }

  /// `docker-ID.scope` of the systemd drivers, `crio-ID` and `libpod-ID` of cgroupfs.
  private static @Nullable Id prefixed(String segment, @Nullable String podUid) {
    boolean scope = segment.endsWith(".scope");
    String unit = scope ? segment.substring(0, segment.length() - ".scope".length()) : segment;
    int dash = unit.lastIndexOf('-');
    if (dash <= 0) {
      return null;
    }
    String prefix = unit.substring(0, dash);
    String id = unit.substring(dash + 1);
    if (prefix.equals("buildkit") && scope && isBuildStep(id)) {
      return new Id(null, id, podUid);
    }
    RuntimeKind runtime = RuntimeKind.ofCgroupPrefix(prefix);
    // conmon supervises a container from outside: crio-conmon-ID, libpod-conmon-ID
    if (!isHex(id, ID_LENGTH) || prefix.endsWith("conmon") || (runtime == null && !scope)) {
      return null;
    }
    return new Id(runtime, id, podUid);
  }

  /// The runtime that creates directories of bare ids in `parent`: nerdctl below the namespace.
  private static @Nullable RuntimeKind runtimeAbove(String parent) {
    if (isContainerdNamespace(parent)) {
      return RuntimeKind.CONTAINERD;
    }
    return parent.equals("docker") ? RuntimeKind.DOCKER : null;
  }

  /// The uid in `podUID` or `kubepods-burstable-podUID.slice`, optionally followed by `:prefix:id`.
  private static @Nullable String podUid(String segment) {
    int end = segment.indexOf(".slice");
    int start = end < 0 ? 0 : segment.lastIndexOf("-pod", end) + 1;
    String pod = segment.substring(start, end < 0 ? segment.length() : end);
    if (!pod.startsWith("pod")) {
      return null;
    }
    String uid = pod.substring("pod".length()).toLowerCase(Locale.ROOT);
    return POD_UID.matcher(uid).matches() ? uid.replace('_', '-') : null;
  }

  private static boolean isHex(String text, int length) {
    if (text.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  private static boolean isBuildStep(String text) {
    return text.length() == BUILD_STEP_LENGTH
        && text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'));
  }
}
