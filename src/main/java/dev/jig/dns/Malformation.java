package dev.jig.dns;

/// What is wrong with a DNS message. [MessageDecoder] alone finds those from `BAD_DATA` on: they do
/// not prevent reading the header, the question and the addresses.
public enum Malformation {
  SHORT_HEADER("shorter than the 12 bytes of a header"),
  BAD_LABEL_TYPE("label longer than 63 bytes or of an unknown type"),
  NAME_TOO_LONG("name longer than 255 bytes"),
  POINTER_FORWARD("compression pointer that points forward"),
  POINTER_LOOP("compression pointer into its own name"),
  TOO_MANY_POINTERS("name with more than 127 compression pointers"),
  NAME_PAST_END("name reaches past the end"),
  QUESTION_MISSING("fewer questions than the header counts"),
  QUESTION_PAST_END("question reaches past the end"),
  RECORD_MISSING("fewer records than the header counts"),
  RECORD_PAST_END("record reaches past the end"),
  DATA_PAST_END("record data reach past the end"),
  BAD_ADDRESS_LENGTH("A or AAAA record with data of other than 4 or 16 bytes"),
  BAD_DATA("record data that do not fit their type"),
  BAD_OPTION("EDNS option with data that do not fit its code"),
  BAD_DSO("DSO message with a truncated item"),
  TRAILING_BYTES("bytes after the last record"),
  TOO_MUCH_TEXT("message that is longer than 1,048,576 characters as text"),
  TOO_COMPRESSED("message with more than 131,072 compression pointers");

  private final String text;

  Malformation(String text) {
    this.text = text;
  }

  /// A phrase to follow "malformed message: ".
  public String text() {
    return text;
  }
}
