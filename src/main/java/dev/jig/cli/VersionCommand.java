package dev.jig.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/// `ig version` and `ig --version`: the version on one line.
@Command(name = "version", description = "Show the version.")
final class VersionCommand implements Runnable, IVersionProvider {
  @Override
  public void run() {
    System.out.println("v" + version());
  }

  @Override
  public String[] getVersion() {
    return new String[] {"v" + version()};
  }

  /// The version in `jig.properties`, which the build writes, without `v`.
  static String version() {
    try (InputStream in = VersionCommand.class.getResourceAsStream("/jig.properties")) {
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
