package dev.jig.kube.deploy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What [Installation] applies, as a Helm chart: the same objects, with template actions where a
/// user's choice stands. The namespace is Helm's own.
public final class HelmChart {
  private static final String CONTAINERD_FOLDER = "/@CONTAINERD_FOLDER@";
  private static final String CONTAINERD = CONTAINERD_FOLDER + "/@CONTAINERD@";
  private static final String CRIO_FOLDER = "/@CRIO_FOLDER@";
  private static final String CRIO = CRIO_FOLDER + "/@CRIO@";
  private static final Pattern NODE_SELECTOR =
      Pattern.compile("(?m)^( *)nodeSelector:\n((?:\\1  .*\n)+)");
  private static final String IMAGE_IS_NEEDED =
      "image is needed, and nobody has published one: make it with bin/image, push it to a registry"
          + " the nodes reach";

  /// In the order in which they are replaced: what is part of another comes later.
  private static final Map<String, String> ACTIONS = new LinkedHashMap<>();

  static {
    ACTIONS.put(CONTAINERD, "{{ .Values.sockets.containerd }}");
    ACTIONS.put(CRIO, "{{ .Values.sockets.crio }}");
    ACTIONS.put(quoted(CONTAINERD_FOLDER), "{{ dir .Values.sockets.containerd | quote }}");
    ACTIONS.put(quoted(CRIO_FOLDER), "{{ dir .Values.sockets.crio | quote }}");
    ACTIONS.put("\"@NAMESPACE@\"", "{{ .Release.Namespace | quote }}");
    ACTIONS.put("\"@IMAGE@\"", "{{ required \"" + IMAGE_IS_NEEDED + "\" .Values.image | quote }}");
    ACTIONS.put("\"@PULL_POLICY@\"", "{{ .Values.imagePullPolicy | quote }}");
  }

  private HelmChart() {}

  /// The chart's files by their paths in it.
  ///
  /// @param sockets the runtimes' on nodes, where the user says nothing: of containerd and cri-o
  public static Map<String, String> files(String version, Map<String, Path> sockets) {
    String manifests =
        OptionalLines.merge(
            manifests(version, sockets, false),
            manifests(version, sockets, true),
            ".Values.resolveEndpoints");
    MatchResult nodeSelector = nodeSelector(manifests);

    Map<String, String> files = new LinkedHashMap<>();
    files.put("Chart.yaml", chart(version));
    files.put("values.yaml", values(nodeSelector.group(2).strip(), sockets));
    files.put("templates/agent.yaml", template(manifests, nodeSelector));
    files.put("templates/NOTES.txt", notes());
    return files;
  }

  private static List<String> manifests(
      String version, Map<String, Path> sockets, boolean resolveEndpoints) {
    Map<String, Path> marked = new LinkedHashMap<>();
    sockets.keySet().forEach(runtime -> marked.put(runtime, mark(runtime)));
    Installation.Options choice =
        new Installation.Options(
            version, "@NAMESPACE@", "@IMAGE@", "@PULL_POLICY@", Map.of(), marked, resolveEndpoints);
    List<String> documents = new ArrayList<>();
    for (String document : Installation.toYaml(choice).split("(?m)^---\n", -1)) {
      if (!document.isEmpty() && !document.contains("\nkind: \"Namespace\"\n")) {
        documents.add("---\n" + document);
      }
    }
    return documents;
  }

  private static Path mark(String runtime) {
    return switch (runtime) {
      case "containerd" -> Path.of(CONTAINERD);
      case "cri-o" -> Path.of(CRIO);
      default -> throw new IllegalArgumentException(runtime);
    };
  }

  private static String quoted(String path) {
    return "\"" + path + "\"";
  }

  private static MatchResult nodeSelector(String manifests) {
    Matcher found = NODE_SELECTOR.matcher(manifests);
    if (!found.find()) {
      throw new IllegalStateException("deploy/agent.yaml has no nodeSelector");
    }
    return found.toMatchResult();
  }

  private static String template(String manifests, MatchResult nodeSelector) {
    String indent = nodeSelector.group(1);
    String text =
        manifests.replace(
            nodeSelector.group(),
            indent
                + "nodeSelector:\n"
                + indent
                + "  {{- toYaml .Values.nodeSelector | nindent "
                + (indent.length() + 2)
                + " }}\n");
    List<String> lines = new ArrayList<>(text.lines().toList());
    onlyOnce(lines);
    String actions = String.join("\n", lines) + "\n";
    for (Map.Entry<String, String> action : ACTIONS.entrySet()) {
      actions = actions.replace(action.getKey(), action.getValue());
    }
    return "# Of deploy/agent.yaml, made by bin/dist.\n" + actions;
  }

  /// Two sockets in one folder need it mounted once: the second runtime's items depend on that.
  private static void onlyOnce(List<String> lines) {
    for (int at = lines.size() - 1; at >= 0; at--) {
      if (lines.get(at).contains(quoted(CRIO_FOLDER))) {
        int first = at;
        while (!lines.get(first).strip().startsWith("- ")) {
          first--;
        }
        int dash = indent(lines.get(first));
        int end = at + 1;
        while (end < lines.size() && indent(lines.get(end)) > dash) {
          end++;
        }
        lines.add(end, " ".repeat(dash) + "{{- end }}");
        lines.add(
            first,
            " ".repeat(dash)
                + "{{- if ne (dir .Values.sockets.crio) (dir .Values.sockets.containerd) }}");
      }
    }
  }

  private static int indent(String line) {
    return line.length() - line.stripLeading().length();
  }

  private static String chart(String version) {
    return """
    apiVersion: v2
    name: jig
    description: Traces the DNS of pods, live from their nodes' kernels, for kubectl gadget.
    type: application
    version: %1$s
    appVersion: "%1$s"
    kubeVersion: ">=1.20.0-0"
    """
        .formatted(version);
  }

  private static String values(String nodeSelector, Map<String, Path> sockets) {
    return """
    # The agents' image, NAME:TAG: made by bin/image, pushed to a registry the nodes reach.
    image: ""
    # Always, IfNotPresent or Never.
    imagePullPolicy: IfNotPresent
    # Only nodes with these labels.
    nodeSelector:
      %s
    # Let agents list pods and services, to name them in source, destination and nameserver.
    resolveEndpoints: false
    # The container runtimes' sockets on the nodes.
    sockets:
      containerd: %s
      crio: %s
    """
        .formatted(nodeSelector, sockets.get("containerd"), sockets.get("cri-o"));
  }

  private static String notes() {
    return """
    The agents start on every node:
      kubectl rollout status daemonset/jig-agent -n {{ .Release.Namespace }}
    Then:
      kubectl gadget trace dns -A
    {{- if ne .Release.Namespace "gadget" }} --gadget-namespace {{ .Release.Namespace }}{{ end }}

    If pods are refused by Pod Security, the namespace needs the label that kubectl gadget deploy
    would give it, since the agents use host paths and capabilities:
      kubectl label namespace {{ .Release.Namespace }} pod-security.kubernetes.io/enforce=privileged
    """;
  }
}
