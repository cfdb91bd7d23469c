package dev.jig.demo;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.util.List;

/// A client with three faults: the resolver loses the AAAA query of some pairs, every short name
/// walks a search list, and a zone is broken.
final class FaultyLookups {
  private static final int HEALTHY = 12;
  private static final int PAIRS = 4;
  private static final int SEARCHED = 40;
  private static final int FAILED = 6;

  /// glibc waits 5 s; the demo does not have that long.
  private static final int RETRY_MS = 300;

  private static final List<String> SEARCH_LIST =
      List.of("shop.svc.cluster.test", "svc.cluster.test", "cluster.test");

  private final SocketAddress resolver;
  private int nextId = 0x2000;

  private FaultyLookups(SocketAddress resolver) {
    this.resolver = resolver;
  }

  /// Makes the lookups, one after the other.
  static void run(SocketAddress resolver) throws IOException {
    FaultyLookups lookups = new FaultyLookups(resolver);
    for (int i = 0; i < HEALTHY; i++) {
      lookups.askBoth("api-" + (SEARCHED + i) + ".example.test");
    }
    for (int i = 0; i < PAIRS; i++) {
      lookups.askBoth("lost-" + i + ".example.test");
    }
    for (int i = 0; i < SEARCHED; i++) {
      String name = "api-" + i + ".example.test";
      for (String suffix : SEARCH_LIST) {
        lookups.askBoth(name + "." + suffix);
      }
      lookups.askBoth(name);
    }
    for (int i = 0; i < FAILED; i++) {
      lookups.askBoth("host-" + i + ".broken.test");
    }
  }

  /// Asks for A and AAAA at once, as getaddrinfo(3) does, and repeats what is not answered.
  private void askBoth(String name) throws IOException {
    byte[] a = DemoZone.withEdns(DemoZone.query(nextId++, name, DemoZone.TYPE_A));
    byte[] aaaa = DemoZone.withEdns(DemoZone.query(nextId++, name, DemoZone.TYPE_AAAA));
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(resolver);
      socket.setSoTimeout(RETRY_MS);
      socket.send(new DatagramPacket(a, a.length));
      socket.send(new DatagramPacket(aaaa, aaaa.length));
      receive(socket);
      try {
        receive(socket);
      } catch (SocketTimeoutException _) {
        socket.send(new DatagramPacket(aaaa, aaaa.length));
        receive(socket);
      }
    }
  }

  private static void receive(DatagramSocket socket) throws IOException {
    socket.receive(new DatagramPacket(new byte[Demo.BUFFER], Demo.BUFFER));
  }
}
