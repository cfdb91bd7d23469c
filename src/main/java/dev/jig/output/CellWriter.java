package dev.jig.output;

import dev.jig.event.EndpointName;
import dev.jig.event.IpAddress;
import dev.jig.event.Row;
import dev.jig.fields.Field;
import dev.jig.fields.FieldValue.Address;
import dev.jig.fields.FieldValue.Addresses;
import dev.jig.fields.FieldValue.Ascii;
import dev.jig.fields.FieldValue.Attempts;
import dev.jig.fields.FieldValue.Bool;
import dev.jig.fields.FieldValue.Duration;
import dev.jig.fields.FieldValue.Getter;
import dev.jig.fields.FieldValue.HeaderFlags;
import dev.jig.fields.FieldValue.Instant;
import dev.jig.fields.FieldValue.Int;
import dev.jig.fields.FieldValue.Keyword;
import dev.jig.fields.FieldValue.Labels;
import dev.jig.fields.FieldValue.LossCause;
import dev.jig.fields.FieldValue.PodOrService;
import dev.jig.fields.FieldValue.Text;
import dev.jig.fields.Width.Ellipsis;
import java.util.List;

/// Appends the cell of one column, or those of several, to a row: padded or cut to the columns'
/// width.
///
/// A cell has the same text as [dev.jig.fields.FieldValue#text] after escaping, but is made without
/// a String where the type of the field allows it.
interface CellWriter {
  void append(RowBytes line, Row row);

  /// The writer of one column.
  ///
  /// @param addresses shared by the columns of a table
  static CellWriter of(Field field, int width, AddressTextCache addresses) {
    Ellipsis ellipsis = field.width().ellipsis();
    return switch (field.value()) {
      case Text(var get) -> new TextCell(get, width, ellipsis);
      case Ascii(var get) -> new AsciiCell(get, width, ellipsis);
      case Keyword(var get, _) -> new AsciiCell(get, width, ellipsis);
      case LossCause _ -> new AsciiCell(field.value()::text, width, ellipsis);
      case Int number -> new NumberCell(number, width, ellipsis);
      case Duration duration -> new DurationCell(duration, width, ellipsis);
      case Instant instant -> new InstantCell(instant, width, ellipsis);
      case Address address -> new AddressCell(address, addresses, width, ellipsis);
      case Addresses(var get) -> new AddressesCell(get, addresses, width, ellipsis);
      case Bool(_), PodOrService(_), Labels(_), HeaderFlags(_), Attempts(_) ->
          new TextCell(field.value()::text, width, ellipsis);
    };
  }

  /// Text that is padded to the column's width but never cut: a longer one moves the rest of the
  /// row to the right.
  record WholeTextCell(Getter<Row, String> get, int width) implements CellWriter {
    @Override
    public void append(RowBytes line, Row row) {
      String text = get.of(row);
      if (text == null) {
        line.appendBlanks(width);
      } else {
        line.appendWholeCell(text, width);
      }
    }
  }

  /// Text that may need escaping.
  record TextCell(Getter<Row, String> get, int width, Ellipsis ellipsis) implements CellWriter {
    @Override
    public void append(RowBytes line, Row row) {
      String text = get.of(row);
      if (text == null) {
        line.appendBlanks(width);
      } else {
        line.appendCell(text, width, ellipsis);
      }
    }
  }

  /// Printable ASCII.
  record AsciiCell(Getter<Row, String> get, int width, Ellipsis ellipsis) implements CellWriter {
    @Override
    public void append(RowBytes line, Row row) {
      String text = get.of(row);
      if (text == null) {
        line.appendBlanks(width);
      } else {
        int start = line.length();
        line.appendAscii(text);
        line.endCell(start, width, ellipsis);
      }
    }
  }

  /// A whole number.
  record NumberCell(Int number, int width, Ellipsis ellipsis) implements CellWriter {
    @Override
    public void append(RowBytes line, Row row) {
      int start = line.length();
      if (number.known().test(row)) {
        line.appendNumber(number.get().applyAsLong(row));
      }
      line.endCell(start, width, ellipsis);
    }
  }

  /// The name of an address, else the address.
  record AddressCell(Address address, AddressTextCache texts, int width, Ellipsis ellipsis)
      implements CellWriter {
    @Override
    public void append(RowBytes line, Row row) {
      EndpointName name = address.name().of(row);
      if (name != null) { // start and end of the name are the significant parts
        line.appendCell(name.toString(), width, Ellipsis.MIDDLE);
        return;
      }
      int start = line.length();
      IpAddress value = address.get().of(row);
      if (value != null) {
        line.appendAscii(texts.get(value));
      }
      line.endCell(start, width, ellipsis);
    }
  }

  /// Addresses, separated by commas.
  record AddressesCell(
      Getter<Row, List<IpAddress>> get, AddressTextCache texts, int width, Ellipsis ellipsis)
      implements CellWriter {
    @Override
    public void append(RowBytes line, Row row) {
      List<IpAddress> values = get.of(row);
      if (values == null) {
        line.appendBlanks(width);
        return;
      }
      int start = line.length();
      for (int i = 0; i < values.size(); i++) {
        if (i > 0) {
          line.append(',');
        }
        line.appendAscii(texts.get(values.get(i)));
      }
      line.endCell(start, width, ellipsis);
    }
  }
}
