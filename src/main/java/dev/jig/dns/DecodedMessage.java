package dev.jig.dns;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A message decoded into records, in presentation form; everything before the first damage.
///
/// @param opcode see [Opcode#mnemonic]
/// @param conflict LLMNR's C bit
/// @param tentative LLMNR's T bit
/// @param additional without the OPT record that became `edns`
/// @param dso the TLVs of a DSO message (RFC 8490 section 5.4); empty in other messages
/// @param damage the first damage; null if there is none
public record DecodedMessage(
    int opcode,
    boolean conflict,
    boolean tentative,
    List<Question> questions,
    List<ResourceRecord> answers,
    List<ResourceRecord> authority,
    List<ResourceRecord> additional,
    @Nullable Edns edns,
    List<DsoItem> dso,
    @Nullable Damage damage) {

  /// One question.
  ///
  /// @param name presentation form with trailing dot
  /// @param unicastResponse multicast DNS's QU bit
  public record Question(String name, int type, int questionClass, boolean unicastResponse) {}

  /// A type-length-value of DNS Stateful Operations.
  ///
  /// @param type see [#name]
  /// @param data decoded as text; hexadecimal if the type is unknown or the data do not fit it
  public record DsoItem(int type, String data) {

    /// The IANA name; `DSO` and the number for types without one.
    public String name() {
      return DsoItems.name(type);
    }
  }

  public DecodedMessage {
    questions = List.copyOf(questions);
    answers = List.copyOf(answers);
    authority = List.copyOf(authority);
    additional = List.copyOf(additional);
    dso = List.copyOf(dso);
  }
}
