package dev.jig.match;

import dev.jig.dns.DecodedMessage;
import dev.jig.dns.Dialect;
import dev.jig.dns.DnsMessage;
import dev.jig.dns.MessageDecoder;
import dev.jig.dns.ResourceRecord;
import dev.jig.event.State;
import dev.jig.event.Subject;
import dev.jig.table.DirectMapped;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Remembers the queries answered last, to tell further responses to them from responses to no
/// query at all. Each flow and id has one slot, and its entry is reused: no garbage. When a slot is
/// taken by another query, further responses to the earlier one become orphans. One thread.
public final class AnsweredQueries {
  /// The bytes kept of a response, which is most; of a longer one only its counts are compared.
  private static final int MAX_KEPT = 1232;

  private static final int MIN_KEPT = 128;
  private static final int HEADER_LENGTH = 12;

  /// Heap size of an entry with a response of usual length.
  public static final int ENTRY_BYTES = 240;

  private final DirectMapped<Entry> entries;
  private final MessageDecoder decoder = new MessageDecoder();

  /// @param size the number of queries remembered, a power of two
  public AnsweredQueries(int size) {
    entries = new DirectMapped<>(size);
  }

  /// A query that was answered, and its first response.
  public static final class Entry {
    private Role role = Role.BOTH;
    private long flow;
    private int id;
    private boolean hasQuestion;
    private long questionHash;
    private long firstBootNs;
    private int resent;
    private @Nullable Subject client;
    private byte[] response = new byte[MIN_KEPT];

    /// Of the whole response, which may be more than what is kept.
    private int length;

    private State state = State.DUPLICATE;

    /// Of the further response that was found last.
    State state() {
      return state;
    }

    /// The query's process and container; null on the server's side.
    @Nullable Subject client() {
      return client;
    }

    /// When the query was sent first.
    long firstBootNs() {
      return firstBootNs;
    }

    private boolean isOf(QueryKey key) {
      return flow == key.flow() && id == key.id() && role == key.role();
    }

    private boolean hasQuestionOf(DnsMessage message) {
      return !hasQuestion || !message.hasQuestion() || questionHash == message.questionHash();
    }
  }

  /// Remembers a query with its first response.
  public void add(PendingQuery query, DnsMessage message, byte[] bytes, int offset, int length) {
    if (!query.expectsAnswer() || query.isTransfer()) {
      return; // to multicast several hosts may respond
    }
    QueryKey key = query.key;
    Entry entry = entries.get(hash(key));
    if (entry == null) {
      entry = new Entry();
      entries.put(hash(key), entry);
    }
    entry.role = key.role();
    entry.flow = key.flow();
    entry.id = key.id();
    entry.hasQuestion = message.hasQuestion();
    entry.questionHash = message.hasQuestion() ? message.questionHash() : 0;
    entry.firstBootNs = query.firstBootNs;
    entry.resent = query.resent;
    entry.client = query.client();
    entry.length = length;
    keep(entry, bytes, offset, Math.min(length, MAX_KEPT));
  }

  private static void keep(Entry entry, byte[] bytes, int offset, int kept) {
    if (entry.response.length < kept) {
      entry.response = new byte[Math.min(MAX_KEPT, Integer.highestOneBit(kept) * 2)];
    }
    System.arraycopy(bytes, offset, entry.response, 0, kept);
  }

  /// Finds the query that a response answers once more, with the response's state; null if there is
  /// none. Valid until the next call of any method.
  ///
  /// @param key of the response
  public @Nullable Entry find(
      QueryKey key, DnsMessage message, byte[] bytes, int offset, int length) {
    Entry entry = entries.get(hash(key));
    if (entry == null || !entry.isOf(key) || !entry.hasQuestionOf(message)) {
      return null;
    }
    if (entry.resent > 0) {
      entry.resent--; // each transmission may have an answer of its own
      entry.state = State.DUPLICATE;
    } else {
      entry.state =
          hasSameContent(entry, bytes, offset, length) ? State.DUPLICATE : State.CONFLICTING;
    }
    return entry;
  }

  private boolean hasSameContent(Entry entry, byte[] bytes, int offset, int length) {
    if (entry.length <= MAX_KEPT
        && Arrays.equals(entry.response, 0, entry.length, bytes, offset, offset + length)) {
      return true;
    }
    if (entry.length > MAX_KEPT || length > MAX_KEPT) {
      return Arrays.equals(
          entry.response, 2, HEADER_LENGTH, bytes, offset + 2, offset + HEADER_LENGTH);
    }
    return content(entry.response, 0, entry.length).equals(content(bytes, offset, length));
  }

  /// Rcode, TC and the records, without regard to order, TTL, letter case and EDNS but for its part
  /// of the rcode.
  private Content content(byte[] bytes, int offset, int length) {
    DecodedMessage message = decoder.decode(bytes, offset, length, Dialect.DNS);
    Set<String> records = new HashSet<>();
    for (List<ResourceRecord> section :
        List.of(message.answers(), message.authority(), message.additional())) {
      for (ResourceRecord record : section) {
        String text = record.name() + ' ' + record.type() + ' ' + record.data();
        records.add(text.toLowerCase(Locale.ROOT));
      }
    }
    boolean truncated = (bytes[offset + 2] & 0x02) != 0;
    int rcode = message.edns() == null ? bytes[offset + 3] & 0xf : message.edns().rcode();
    return new Content(rcode, truncated, records);
  }

  private record Content(int rcode, boolean truncated, Set<String> records) {}

  private static long hash(QueryKey key) {
    return key.flow() + key.id() * 2L + (key.role() == Role.SERVER ? 1 : 0);
  }
}
