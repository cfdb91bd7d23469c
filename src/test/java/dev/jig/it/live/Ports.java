package dev.jig.it.live;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;

/// Ports for servers that are started later.
final class Ports {
  private Ports() {}

  /// Returns a port that is free at the moment of the call, for UDP and TCP.
  static int free() {
    while (true) {
      try (ServerSocket tcp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
          DatagramSocket udp = new DatagramSocket(tcp.getLocalPort())) {
        return udp.getLocalPort();
      } catch (java.net.BindException taken) {
        // by a UDP socket: try the next one
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
