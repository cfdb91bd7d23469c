package dev.jig.cli;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Default values of flags from the environment: `INSPEKTOR_GADGET_` and the flag's long name in
/// capitals, `-` as `_`. The command line wins.
final class EnvironmentDefaults implements IDefaultValueProvider {
  private static final String PREFIX = "INSPEKTOR_GADGET_";

  private final Map<String, String> environment;

  EnvironmentDefaults(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option) || option.usageHelp() || option.versionHelp()) {
      return null;
    }
    String flag = option.longestName().replaceFirst("^-+", "");
    String value = environment.get(PREFIX + flag.toUpperCase(Locale.ROOT).replace('-', '_'));
    if (value == null) {
      return null;
    }
    if (option.type() == boolean[].class && value.strip().equals("2")) {
      return "true,true"; // as -v -v
    }
    boolean isSwitch = option.type() == boolean.class || option.type() == boolean[].class;
    return isSwitch ? normalizeSwitch(value) : value;
  }

  /// Also accepts 1 for true, and 0 or an empty value for false.
  private static String normalizeSwitch(String value) {
    return switch (value.strip().toLowerCase(Locale.ROOT)) {
      case "1" -> "true";
      case "0", "" -> "false";
      default -> value.strip();
    };
  }
}
