package dev.jig.dns;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything a message says, in words; as much of it as could be read.
///
/// @param opcode see [Opcode#mnemonic]
/// @param conflict LLMNR's C bit
/// @param tentative LLMNR's T bit
/// @param additional without the OPT record that became `edns`
/// @param dso what a DSO message carries in place of records (RFC 8490 section 5.4)
/// @param damage the first there is; null for a message without any
public record DecodedMessage(
    int opcode,
    boolean conflict,
    boolean tentative,
    List<Asked> questions,
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
  public record Asked(String name, int type, int questionClass, boolean unicastResponse) {}

  /// A type-length-value of DNS Stateful Operations.
  ///
  /// @param type see [#name]
  /// @param data what it says, as words and numbers; hexadecimal where nothing better is known
  public record DsoItem(int type, String data) {

    /// The registry's name, or `DSO` and the number.
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
