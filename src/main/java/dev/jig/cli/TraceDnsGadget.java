package dev.jig.cli;

import dev.jig.cli.OutputFormat.PcapNg;
import dev.jig.demo.Demo;

/// `trace dns` on one machine: writes the rows.
final class TraceDnsGadget implements Gadget {
  private final TraceDnsOptions options;
  private final TraceDnsOptions.Parsed parsed;

  TraceDnsGadget(TraceDnsOptions options) {
    this.options = options;
    this.parsed = options.parse();
  }

  @Override
  public TraceSettings settings() {
    return parsed.settings();
  }

  @Override
  public TraceOutput open(boolean onStdout, Runnable onFailure) {
    return RowOutput.open(parsed.format(), options.selection.openOutput(onStdout), onFailure);
  }

  @Override
  public TraceOutput openForFile(boolean hasRows, Runnable onFailure) {
    OutputFormat format = hasRows ? parsed.format() : options.parseForPlainCapture().format();
    return RowOutput.open(format, options.selection.openOutput(true), onFailure);
  }

  @Override
  public Demo.Scenario demo() {
    return Demo.Scenario.ROWS;
  }

  @Override
  public boolean needsFileBesideCommand() {
    return options.selection.outputFile == null && parsed.format() instanceof PcapNg;
  }
}
