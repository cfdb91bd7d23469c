package dev.jig.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `ig version`: the version on one line.
@Command(name = "version", description = "Show the version.")
final class VersionCommand implements Runnable {
  @Mixin HelpOption help = new HelpOption();

  @Override
  public void run() {
    System.out.println("v" + version());
  }

  /// As the build wrote it.
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
