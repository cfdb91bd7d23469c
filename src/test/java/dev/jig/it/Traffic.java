package dev.jig.it;

import dev.jig.fixture.DnsServer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/// A DNS server on loopback, and queries of the test's own process to it.
final class Traffic implements AutoCloseable {
  private static final int TIMEOUT_MS = 10_000;

  private final DnsServer server = DnsServer.start(0, "127.0.0.1");

  String port() {
    return Integer.toString(server.port());
  }

  /// Sends `times` queries, each after the response to the one before.
  void ask(String name, int times) throws IOException {
    byte[] query =
        Message.newQuery(Record.newRecord(Name.fromString(name), Type.A, DClass.IN)).toWire();
    InetSocketAddress to = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), server.port());
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(TIMEOUT_MS);
      for (int i = 0; i < times; i++) {
        socket.send(new DatagramPacket(query, query.length, to));
        socket.receive(new DatagramPacket(new byte[1024], 1024));
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
