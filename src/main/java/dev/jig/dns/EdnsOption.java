package dev.jig.dns;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One option of EDNS (IANA registry "DNS EDNS0 Option Codes (OPT)").
public sealed interface EdnsOption {

  /// The registry's number.
  int code();

  /// The registry's name, in short; `OPT` and the number for options without one.
  default String name() {
    return EdnsOptions.name(code());
  }

  /// For whose network the answer is meant (RFC 7871).
  ///
  /// @param address without the bits behind the source prefix
  record ClientSubnet(String address, int sourcePrefix, int scopePrefix) implements EdnsOption {
    @Override
    public int code() {
      return EdnsOptions.CLIENT_SUBNET;
    }
  }

  /// RFC 7873.
  ///
  /// @param client eight bytes, in hex
  /// @param server 8 to 32 bytes, in hex; null where a client has none yet
  record Cookie(String client, @Nullable String server) implements EdnsOption {
    @Override
    public int code() {
      return EdnsOptions.COOKIE;
    }
  }

  /// Why there is no better answer (RFC 8914).
  ///
  /// @param extraText raw: whatever the server wrote; empty for nothing
  record ExtendedError(int infoCode, String extraText) implements EdnsOption {
    @Override
    public int code() {
      return EdnsOptions.EXTENDED_ERROR;
    }

    /// The registry's words for the code; null for codes without any.
    public @Nullable String purpose() {
      return EdnsOptions.purpose(infoCode);
    }
  }

  /// Which of the servers behind one address it was (RFC 5001).
  ///
  /// @param id in hex; empty in a query, which asks for it
  /// @param text the same as characters, escaped like a zone file's
  record NameServerId(String id, String text) implements EdnsOption {
    @Override
    public int code() {
      return EdnsOptions.NAME_SERVER_ID;
    }
  }

  /// RFC 7830.
  record Padding(int length) implements EdnsOption {
    @Override
    public int code() {
      return EdnsOptions.PADDING;
    }
  }

  /// How long an idle connection stays open (RFC 7828).
  ///
  /// @param tenthsOfSeconds null in a query, which asks for it
  record TcpKeepalive(@Nullable Integer tenthsOfSeconds) implements EdnsOption {
    @Override
    public int code() {
      return EdnsOptions.TCP_KEEPALIVE;
    }
  }

  /// The closest name whose trust the asker has (RFC 7901).
  record Chain(String trustPoint) implements EdnsOption {
    @Override
    public int code() {
      return EdnsOptions.CHAIN;
    }
  }

  /// Whom to tell of errors (RFC 9567).
  record ReportChannel(String agent) implements EdnsOption {
    @Override
    public int code() {
      return EdnsOptions.REPORT_CHANNEL;
    }
  }

  /// Which algorithms the asker understands (RFC 6975: DAU, DHU, N3U), or of which keys it has the
  /// trust (RFC 8145).
  record Numbers(int code, List<Integer> values) implements EdnsOption {
    public Numbers {
      values = List.copyOf(values);
    }
  }

  /// After how many seconds a zone expires (RFC 7314).
  ///
  /// @param seconds null in a query, which asks for it
  record Expire(@Nullable Long seconds) implements EdnsOption {
    @Override
    public int code() {
      return EdnsOptions.EXPIRE;
    }
  }

  /// Any other, and those whose data do not fit their code.
  ///
  /// @param data in hex
  record Other(int code, String data) implements EdnsOption {}
}
