package dev.jig.dns;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// An EDNS option (IANA registry "DNS EDNS0 Option Codes (OPT)").
public sealed interface EdnsOption {

  /// The IANA number.
  int code();

  /// The short name; `OPT` and the number for options without one.
  default String name() {
    return EdnsOptions.name(code());
  }

  /// Client Subnet: the network the answer is for (RFC 7871).
  ///
  /// @param address bits after the source prefix are zero
  record ClientSubnet(String address, int sourcePrefix, int scopePrefix) implements EdnsOption {
    @Override
    public int code() {
      return EdnsOptions.CLIENT_SUBNET;
    }
  }

  /// DNS Cookie (RFC 7873).
  ///
  /// @param client eight bytes, in hex
  /// @param server 8 to 32 bytes, in hex; null if a client has none yet
  record Cookie(String client, @Nullable String server) implements EdnsOption {
    @Override
    public int code() {
      return EdnsOptions.COOKIE;
    }
  }

  /// Extended DNS Error: the reason of an error or a degraded answer (RFC 8914).
  ///
  /// @param extraText as the server wrote it, unescaped; may be empty
  record ExtendedError(int infoCode, String extraText) implements EdnsOption {
    @Override
    public int code() {
      return EdnsOptions.EXTENDED_ERROR;
    }

    /// The IANA purpose of the code; null for unassigned codes.
    public @Nullable String purpose() {
      return EdnsOptions.purpose(infoCode);
    }
  }

  /// NSID: identifies one of several servers behind an address (RFC 5001).
  ///
  /// @param id in hex; empty in a query, which requests it
  /// @param text the id as characters, escaped as in a zone file
  record NameServerId(String id, String text) implements EdnsOption {
    @Override
    public int code() {
      return EdnsOptions.NAME_SERVER_ID;
    }
  }

  /// Padding (RFC 7830).
  record Padding(int length) implements EdnsOption {
    @Override
    public int code() {
      return EdnsOptions.PADDING;
    }
  }

  /// The idle timeout of a TCP connection (RFC 7828).
  ///
  /// @param tenthsOfSeconds null in a query, which requests it
  record TcpKeepalive(@Nullable Integer tenthsOfSeconds) implements EdnsOption {
    @Override
    public int code() {
      return EdnsOptions.TCP_KEEPALIVE;
    }
  }

  /// CHAIN: the closest trust point of the client (RFC 7901).
  record Chain(String trustPoint) implements EdnsOption {
    @Override
    public int code() {
      return EdnsOptions.CHAIN;
    }
  }

  /// The agent domain for error reports (RFC 9567).
  record ReportChannel(String agent) implements EdnsOption {
    @Override
    public int code() {
      return EdnsOptions.REPORT_CHANNEL;
    }
  }

  /// A list of numbers: algorithms the client supports (RFC 6975: DAU, DHU, N3U), or tags of its
  /// trust anchors (RFC 8145: key tag).
  record Numbers(int code, List<Integer> values) implements EdnsOption {
    public Numbers {
      values = List.copyOf(values);
    }
  }

  /// The expiry of a zone (RFC 7314).
  ///
  /// @param seconds null in a query, which requests it
  record Expire(@Nullable Long seconds) implements EdnsOption {
    @Override
    public int code() {
      return EdnsOptions.EXPIRE;
    }
  }

  /// Any other option, or one with data that do not fit its code.
  ///
  /// @param data in hex
  record Other(int code, String data) implements EdnsOption {}
}
