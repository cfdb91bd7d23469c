package dev.jig.event;

/// The approximate heap size of a row, for bounds of memory. What rows of one process share is not
/// counted.
public final class RowSize {
  /// The row, its flow and its question, without texts.
  private static final int ROW_BYTES = 260;

  private static final int ADDRESS_BYTES = 40;
  private static final int ATTEMPT_BYTES = 80;
  private static final int MESSAGE_BYTES = 32;
  private static final int CAUSE_BYTES = 24;

  private RowSize() {}

  /// Bytes of a row.
  public static int of(Row row) {
    int bytes = ROW_BYTES + of(row.dns()) + (row.cause() == null ? 0 : CAUSE_BYTES);
    Lookup lookup = row.lookup();
    return (lookup == null ? bytes : bytes + lookup.attempts().size() * ATTEMPT_BYTES)
        + (row instanceof NameRow name ? name.lookups().stream().mapToInt(RowSize::of).sum() : 0);
  }

  /// The parts of a row's messages that have no fixed size.
  public static int ofMessages(Row row) {
    return row instanceof NameRow name
        ? name.lookups().stream().mapToInt(RowSize::of).sum()
        : of(row.dns());
  }

  /// The parts of a message that have no fixed size.
  public static int of(Dns dns) {
    Question question = dns.question();
    WireMessage message = dns.message();
    return (question == null ? 0 : question.name().length())
        + dns.addresses().size() * ADDRESS_BYTES
        + (message == null ? 0 : MESSAGE_BYTES + message.length());
  }
}
