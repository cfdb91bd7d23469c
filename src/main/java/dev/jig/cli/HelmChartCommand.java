package dev.jig.cli;

import dev.jig.kube.deploy.HelmChart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `kubectl gadget helm-chart`: writes the manifests of deploy as a Helm chart. For the build.
@Command(
    name = "helm-chart",
    hidden = true,
    description = "Write the manifests of deploy as a Helm chart.")
final class HelmChartCommand implements Runnable {
  @Parameters(paramLabel = "FOLDER", description = "Folder to write the chart to.")
  Path folder = Path.of("");

  @Override
  public void run() {
    Map<String, String> files =
        HelmChart.files(VersionCommand.version(), DeployCommand.DEFAULT_SOCKETS);
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = folder.resolve(file.getKey());
      try {
        Files.createDirectories(path.toAbsolutePath().getParent());
        Files.writeString(path, file.getValue());
      } catch (IOException e) {
        throw UserFacingException.of("cannot write " + path, e);
      }
    }
  }
}
