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
  public TraceOutput open(Source source, Runnable onFailure) {
    OutputFormat format =
        source == Source.CAPTURE ? options.parseForPlainCapture().format() : parsed.format();
    return RowOutput.open(format, options.selection.openOutput(source.leavesStdout()), onFailure);
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
