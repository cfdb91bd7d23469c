package dev.jig.cli;

import dev.jig.event.Row;
import dev.jig.os.Terminal;
import dev.jig.top.SortOrder;
import dev.jig.top.TopCounter;
import dev.jig.top.ViewSpec;
import dev.jig.top.screen.Control;
import dev.jig.top.screen.Screen;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `top` on a terminal, in full screen. Sentences for the user are in its last line while it runs,
/// and on stderr after it.
final class TopScreenOutput implements TraceOutput, Control {
  private final TopCounter counter;
  private final Screen screen;
  private final Runnable stop;

  private TopScreenOutput(TopOptions.Parsed options, Runnable stop) throws IOException {
    this.stop = stop;
    this.screen = options.openScreen(this);
    this.counter = options.counter(screen::onSnapshot);
  }

  /// Opens the screen; null if the terminal cannot show one.
  ///
  /// @param stop called when the user ends the program
  static @Nullable TopScreenOutput open(TopOptions.Parsed options, Runnable stop) {
    try {
      return new TopScreenOutput(options, stop);
    } catch (IOException e) {
      Console.debug("no full screen: " + e.getMessage());
      return null;
    }
  }

  /// Whether stdin and stdout are a terminal that the output may use.
  static boolean isPossible(SelectionOptions selection, TopOptions.Parsed options) {
    return selection.outputFile == null && !options.isJson() && Terminal.isInteractive();
  }

  @Override
  public void begin() {
    Console.divert(screen::onMessage);
    screen.start();
    counter.begin(System.nanoTime());
  }

  @Override
  public void accept(Row row) {
    counter.onRow(row);
  }

  @Override
  public void reportLoss(long count, String why) {
    counter.onLost(count);
    Console.print("lost " + count + " samples: " + why + ".");
  }

  @Override
  public void onBatchEnd(boolean drained) {
    counter.tick(System.nanoTime());
  }

  @Override
  public void onStop() {
    screen.close();
    Console.endDiversion();
  }

  @Override
  public void finish(@Nullable Long received, long lost) {
    onStop();
  }

  @Override
  public void show(List<ViewSpec> views) {
    counter.show(views);
  }

  @Override
  public void setRows(SortOrder order, int maxRows) {
    counter.setRows(order, maxRows);
  }

  @Override
  public void quit() {
    stop.run();
  }
}
