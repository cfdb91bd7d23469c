package dev.jig.top.screen;

import dev.jig.top.Snapshot;
import dev.jig.top.SortOrder;
import dev.jig.top.ViewSpec;
import java.io.IOError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jline.keymap.BindingReader;
import org.jline.keymap.KeyMap;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.ControlChar;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.NonBlockingReader;

/// The terminal in full screen: a thread of its own reads keys and draws. Tables may be given by
/// any thread. [#close] gives the terminal back as it was.
public final class Screen implements AutoCloseable {
  private static final int POLL_MS = 100;
  private static final long ESCAPE_MS = 100;
  private static final int MIN_COLUMNS = 20;
  private static final int MIN_ROWS = 6;

  private final Terminal terminal;
  private final Attributes before;
  private final Display display;
  private final ScreenState state;
  private final boolean hasColour;
  private final KeyMap<Command> keys;
  private final BindingReader reader;
  private final Thread thread;

  /// What other threads want done.
  private final ConcurrentLinkedQueue<Consumer<ScreenState>> events = new ConcurrentLinkedQueue<>();

  private volatile boolean closed;

  private Screen(Terminal terminal, ScreenState state, boolean hasColour) {
    this.terminal = terminal;
    this.state = state;
    this.hasColour = hasColour;
    this.before = terminal.enterRawMode();
    Attributes raw = terminal.getAttributes();
    raw.setControlChar(ControlChar.VSUSP, 0); // Ctrl-Z would leave the terminal in this mode
    terminal.setAttributes(raw);
    this.display = new Display(terminal, true);
    this.keys = keys(terminal);
    this.reader = new BindingReader(terminal.reader());
    this.thread = Thread.ofPlatform().daemon().name("screen").unstarted(this::run);
  }

  /// Takes the terminal of stdin and stdout.
  ///
  /// @param minRows rows to ask for even if fewer are visible
  /// @throws IOException if there is no terminal, or it cannot position its cursor
  public static Screen open(
      ViewSpec first, SortOrder order, int minRows, boolean hasColour, Control control)
      throws IOException {
    Terminal terminal =
        TerminalBuilder.builder()
            .system(true)
            .provider(TerminalBuilder.PROP_PROVIDER_FFM)
            .dumb(false)
            .nativeSignals(false)
            .encoding(StandardCharsets.UTF_8)
            .build();
    if (terminal.getStringCapability(Capability.cursor_address) == null) {
      terminal.close();
      throw new IOException("the terminal cannot position its cursor");
    }
    return new Screen(terminal, new ScreenState(first, order, minRows, control), hasColour);
  }

  /// Clears the screen and starts to draw.
  public void start() {
    terminal.puts(Capability.enter_ca_mode);
    terminal.puts(Capability.keypad_xmit);
    terminal.puts(Capability.cursor_invisible);
    thread.start();
  }

  /// Takes the table of an interval; from any thread.
  public void onSnapshot(Snapshot table) {
    events.add(screen -> screen.onSnapshot(table));
  }

  /// Shows a sentence in the last line; from any thread.
  public void onMessage(String sentence) {
    events.add(screen -> screen.onMessage(sentence));
  }

  private void run() {
    boolean changed = true;
    try {
      while (!closed) {
        for (Consumer<ScreenState> event = events.poll(); event != null; event = events.poll()) {
          event.accept(state);
          changed = true;
        }
        changed |= updateSize();
        if (changed) {
          draw();
        }
        changed = readKey();
      }
    } catch (RuntimeException | IOError closedTerminal) {
      if (!closed) {
        throw closedTerminal;
      }
    }
  }

  private boolean updateSize() {
    Size size = terminal.getSize();
    int columns = Math.max(MIN_COLUMNS, size.getColumns());
    int rows = Math.max(MIN_ROWS, size.getRows());
    if (columns == display.getColumns() && rows == display.getRows()) {
      return false;
    }
    display.resize(Size.of(columns, rows));
    display.clear();
    state.setVisibleRows(rows - ScreenLines.FRAME);
    return true;
  }

  private void draw() {
    int columns = display.getColumns();
    int rows = display.getRows();
    synchronized (this) {
      if (!closed) {
        display.update(new ScreenLines(state, columns, rows, hasColour).lines(), -1);
      }
    }
  }

  /// Waits for a key for at most 100 ms; returns whether there was one.
  private boolean readKey() {
    int next = reader.peekCharacter(POLL_MS);
    if (next == NonBlockingReader.READ_EXPIRED) {
      return false;
    }
    Command command = next < 0 ? null : reader.readBinding(keys);
    if (command == null) {
      state.onKey(Command.QUIT, ""); // the terminal is gone
      closed = true;
      return false;
    }
    state.onKey(command, reader.getLastBinding());
    return true;
  }

  private static KeyMap<Command> keys(Terminal terminal) {
    KeyMap<Command> keys = new KeyMap<>();
    keys.setAmbiguousTimeout(ESCAPE_MS);
    bind(keys, Command.UP, terminal, Capability.key_up, "\033[A", "\033OA");
    bind(keys, Command.DOWN, terminal, Capability.key_down, "\033[B", "\033OB");
    bind(keys, Command.PAGE_UP, terminal, Capability.key_ppage, "\033[5~");
    bind(keys, Command.PAGE_DOWN, terminal, Capability.key_npage, "\033[6~");
    bind(keys, Command.HOME, terminal, Capability.key_home, "\033[H", "\033[1~");
    bind(keys, Command.END, terminal, Capability.key_end, "\033[F", "\033[4~");
    keys.bind(Command.ENTER, "\r", "\n");
    keys.bind(Command.ESCAPE, "\033");
    keys.bind(Command.ERASE, "\177", "\b");
    keys.bind(Command.QUIT, "\003", "\004");
    for (char c = ' '; c < '\177'; c++) {
      keys.bind(Command.CHARACTER, String.valueOf(c));
    }
    keys.setUnicode(Command.CHARACTER);
    keys.setNomatch(Command.CHARACTER);
    return keys;
  }

  private static void bind(
      KeyMap<Command> keys,
      Command command,
      Terminal terminal,
      Capability capability,
      String... usual) {
    String known = KeyMap.key(terminal, capability);
    if (known != null) {
      keys.bind(command, known);
    }
    keys.bind(command, List.of(usual));
  }

  /// Gives the terminal back as it was; later calls do nothing.
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      terminal.puts(Capability.cursor_visible);
      terminal.puts(Capability.keypad_local);
      terminal.puts(Capability.exit_ca_mode);
      terminal.flush();
      terminal.setAttributes(before);
    }
  }
}
