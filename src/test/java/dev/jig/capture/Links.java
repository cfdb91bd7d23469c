package dev.jig.capture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Puts an IP packet behind the link header of each kind, for tests and golden inputs.
public final class Links {
  private static final byte[] MAC_SOURCE = {2, 0, 0, 0, 0, 1};
  private static final byte[] MAC_DESTINATION = {2, 0, 0, 0, 0, 2};
  private static final int ARPHRD_ETHER = 1;

  private Links() {}

  /// Ethernet, with padding to the 60 bytes that a frame has at least.
  ///
  /// @param tags the VLAN tags' EtherTypes from the outside in, such as 0x88a8, 0x8100
  public static byte[] ethernet(byte[] ip, int... tags) {
    ByteBuffer frame = ByteBuffer.allocate(Math.max(60, 14 + 4 * tags.length + ip.length));
    frame.put(MAC_DESTINATION).put(MAC_SOURCE);
    for (int tag : tags) {
      frame.putShort((short) tag).putShort((short) 42);
    }
    return frame.putShort(etherType(ip)).put(ip).array();
  }

  /// Linux cooked v1.
  public static byte[] cooked(int packetType, byte[] ip) {
    ByteBuffer frame = ByteBuffer.allocate(16 + ip.length).putShort((short) packetType);
    frame.putShort((short) ARPHRD_ETHER).putShort((short) 6).put(MAC_SOURCE).putShort((short) 0);
    return frame.putShort(etherType(ip)).put(ip).array();
  }

  /// Linux cooked v2.
  public static byte[] cooked2(int packetType, byte[] ip) {
    ByteBuffer frame = ByteBuffer.allocate(20 + ip.length).putShort(etherType(ip));
    frame.putShort((short) 0).putInt(3).putShort((short) ARPHRD_ETHER).put((byte) packetType);
    return frame.put((byte) 6).put(MAC_SOURCE).putShort((short) 0).put(ip).array();
  }

  /// Null or loopback: an address family in the byte order of the capturing machine.
  public static byte[] loopback(ByteOrder order, int family, byte[] ip) {
    return ByteBuffer.allocate(4 + ip.length).order(order).putInt(family).put(ip).array();
  }

  private static short etherType(byte[] ip) {
    return (short) (ip[0] >>> 4 == 4 ? 0x0800 : 0x86dd);
  }
}
