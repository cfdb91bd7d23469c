package dev.jig.output.json;

import dev.jig.event.NameRow;
import dev.jig.event.Row;
import java.io.IOException;

/// The members of a row's object in sections: consecutive members that depend on the same part of a
/// row. Their order stands only here, for both writers of JSON. A section without members writes
/// nothing.
interface RowSections {
  /// Writes all sections in the order of the output.
  default void writeAll(Row row) throws IOException {
    if (row instanceof NameRow name) {
      writeContainer(row);
      writeTimestamp(row);
      writeOwner(row);
      writeAddresses(row);
      writeFolded(name);
      return;
    }
    writeContainer(row);
    writeTimestamp(row);
    writeOwner(row);
    writeAddresses(row);
    writePortsAndId(row);
    writeDirection(row);
    writeName(row);
    writeRcode(row);
    writeAnswer(row);
    writeState(row);
    writeEndpointsAndLookup(row);
    writeHop(row);
    writePeer(row);
    writeContent(row);
  }

  void writeContainer(Row row) throws IOException;

  void writeTimestamp(Row row) throws IOException;

  void writeOwner(Row row) throws IOException;

  void writeAddresses(Row row) throws IOException;

  void writePortsAndId(Row row) throws IOException;

  void writeDirection(Row row) throws IOException;

  void writeName(Row row) throws IOException;

  void writeRcode(Row row) throws IOException;

  void writeAnswer(Row row) throws IOException;

  void writeState(Row row) throws IOException;

  void writeEndpointsAndLookup(Row row) throws IOException;

  void writeHop(Row row) throws IOException;

  void writePeer(Row row) throws IOException;

  /// What a name's row has in place of a message's: the name, and its lookups as objects.
  void writeFolded(NameRow row) throws IOException;

  /// The message's records and what else of it has no column.
  void writeContent(Row row) throws IOException;

  /// How many rows so far say that their message is malformed.
  long malformedRows();
}
