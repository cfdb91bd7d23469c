package dev.jig.names;

import dev.jig.dns.Dialect;
import dev.jig.dns.MessageDecoder;
import dev.jig.dns.RecordType;
import dev.jig.dns.ResourceRecord;
import dev.jig.event.LookupRow;
import dev.jig.event.Outcome;
import dev.jig.event.WireMessage;
import dev.jig.table.Lru;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Finds the zone of a name: the owner of an SOA record that was seen in a negative answer (RFC
/// 2308 section 3), else the last two labels. All of a cluster's names are one zone.
public final class Zones {
  private static final int MAX_ZONES = 4_096;
  private static final String CLUSTER = "cluster.local.";

  private final MessageDecoder decoder = new MessageDecoder();
  private final Lru<String, String> seen = new Lru<>(MAX_ZONES);

  /// The domains of which a name had a negative answer: others of the domain are in the same zone.
  private final Lru<String, String> domains = new Lru<>(MAX_ZONES);

  private @Nullable String lastName;
  private String lastZone = "";

  /// Learns from a negative answer, if the row has its bytes. It is decoded only if none of its
  /// domain was before.
  public void onLookup(LookupRow row) {
    boolean negative = row.outcome() == Outcome.NXDOMAIN || row.outcome() == Outcome.NODATA;
    WireMessage message = row.dns().message();
    if (!negative || message == null) {
      return;
    }
    String name = lower(Step.nameOf(row));
    String domain = domainOf(name);
    if (domains.put(domain, domain) != null) {
      return;
    }
    for (ResourceRecord record : message.decode(decoder, Dialect.DNS).authority()) {
      if (record.type() == RecordType.SOA) {
        learn(lower(record.name()), name);
      }
    }
  }

  /// A top-level domain that says that a name below it does not exist is no zone of its names.
  private void learn(String zone, String name) {
    boolean above = name.equals(zone) || name.endsWith("." + zone);
    if (above && nextLabel(zone, 0) >= 0) {
      seen.put(zone, zone);
      lastName = null; // it may be in this zone
    }
  }

  private static String domainOf(String name) {
    int next = nextLabel(name, 0);
    return next < 0 ? name : name.substring(next);
  }

  /// The zone of a name, in lower case with trailing dot. Several rules ask about one lookup.
  public String of(String name) {
    if (!name.equals(lastName)) {
      lastZone = find(name);
      lastName = name;
    }
    return lastZone;
  }

  private String find(String name) {
    String lower = lower(name);
    if (lower.equals(CLUSTER) || lower.endsWith("." + CLUSTER)) {
      return CLUSTER;
    }
    String zone = longestSeen(lower);
    return zone == null ? lastTwoLabels(lower) : zone;
  }

  private @Nullable String longestSeen(String lower) {
    for (int at = 0; at >= 0 && at < lower.length(); at = nextLabel(lower, at)) {
      String suffix = seen.get(lower.substring(at));
      if (suffix != null) {
        return suffix;
      }
    }
    return null;
  }

  /// Where the next label begins; -1 if there is none. A dot within a label is escaped.
  private static int nextLabel(String name, int from) {
    for (int i = from; i < name.length(); i++) {
      if (name.charAt(i) == '\\') {
        i++;
      } else if (name.charAt(i) == '.') {
        return i + 1 < name.length() ? i + 1 : -1;
      }
    }
    return -1;
  }

  private static String lastTwoLabels(String lower) {
    int beforeLast = 0;
    int last = 0;
    for (int at = 0; at >= 0; at = nextLabel(lower, at)) {
      beforeLast = last;
      last = at;
    }
    return lower.substring(beforeLast);
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
