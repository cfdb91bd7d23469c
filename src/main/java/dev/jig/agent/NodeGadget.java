package dev.jig.agent;

import com.google.protobuf.ByteString;
import dev.jig.event.Row;
import java.util.Iterator;
import java.util.Map;

/// What an agent makes of the rows of a stream in place of sending them. The ring thread adds rows
/// while another one asks for status and reports.
public interface NodeGadget {
  /// Takes a row. Ring thread: must not block.
  void accept(Row row);

  /// A short state for the client's display, where the last one counts; empty: none. Asked for
  /// about every second.
  ByteString status();

  /// What is to be reported beyond the reports so far. None is lost: it is kept until the client
  /// has acknowledged it. Asked for about every second, unless the client is behind: then the next
  /// report comes later and says more. The elements are made when they are asked for.
  ///
  /// @param last no row follows; the last call
  Iterator<ByteString> reports(boolean last);

  /// About how much heap it takes at its bounds, in MB.
  default int maxHeapMb() {
    return 20;
  }

  /// Figures for the log.
  Map<String, Object> counters();
}
