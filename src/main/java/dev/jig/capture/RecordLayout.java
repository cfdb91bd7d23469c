package dev.jig.capture;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The kernel program's records (src/main/bpf/trace_dns.h), byte by byte. RecordLayoutTest compares
/// the offsets with the BTF of the compiled object.
///
/// ```
/// packet   0        1          2          3         4            5            6
///          kind     direction  pkt_type   protocol  attribution  flags        asked_port(2)
///   8      source_port(2)  destination_port(2)  payload_len(4)
///  16      inline_len(2)   gso_size(2)          tcp_seq(4)
///  24      tcp_ack(4)      netns(4)
///  32      time(8)         cookie(8)         cgroup(8)
///  56      source(16)      destination(16)   asked(16)
/// 104      owner(88)
/// 192      inline_len bytes of payload
///
/// owner    start_time(8) pid(4) tid(4) uid(4) gid(4) ppid(4) mntns(4) netns(4) checksum(4: 0)
///          comm(16) pcomm(16) process_name(16)
/// chunk    kind direction unused(2) offset(4) len(4) unused(4) time(8) cookie(8), then len bytes
/// cgroup   kind unused(3) path_len(4) id(8) path(1024)
/// closed   kind unused(7) time(8) cookie(8)
/// drop     as packet up to its payload, reason(4) hook place device_down(2), then inline_len bytes
/// connect  as packet, without payload
/// unsent   as connect
/// ```
final class RecordLayout {
  static final int KIND = 0;
  static final int KIND_PACKET = 1;
  static final int KIND_CHUNK = 2;
  static final int KIND_CGROUP = 3;
  static final int KIND_CLOSED = 4;
  static final int KIND_DROP = 5;
  static final int KIND_CONNECT = 6;
  static final int KIND_UNSENT = 7;

  static final int DIRECTION = 1;
  static final int DIRECTION_EGRESS = 1;
  static final int PKT_TYPE = 2;
  static final int PROTOCOL = 3;
  static final int PROTOCOL_TCP = 6;
  static final int ATTRIBUTION = 4;
  static final int ATTRIBUTION_SOCKET = 1;
  static final int ATTRIBUTION_EXACT = 2;
  static final int FLAGS = 5;
  static final int ASKED_KNOWN = 1;
  static final int TCP_BEGINS = 2;
  static final int TCP_ACKNOWLEDGES = 4;
  static final int BUFFER_FILLING = 8;
  static final int ASKED_BY_CONNECT = 16;
  static final int ASKED_PORT = 6;
  static final int SOURCE_PORT = 8;
  static final int DESTINATION_PORT = 10;
  static final int PAYLOAD_LEN = 12;
  static final int INLINE_LEN = 16;
  static final int GSO_SIZE = 18;
  static final int TCP_SEQ = 20;
  static final int TCP_ACK = 24;
  static final int NETNS = 28;
  static final int TIME = 32;
  static final int COOKIE = 40;
  static final int CGROUP = 48;
  static final int SOURCE = 56;
  static final int DESTINATION = 72;
  static final int ASKED = 88;
  static final int OWNER = 104;
  static final int PAYLOAD = 192;

  /// Payload bytes in a packet's own record; the rest is in chunks.
  static final int MAX_INLINE = 4096;

  /// The length of the longest record.
  static final int MAX_LENGTH = PAYLOAD + MAX_INLINE;

  static final int OWNER_LEN = 88;
  static final int OWNER_START_TIME = 0;
  static final int OWNER_PID = 8;
  static final int OWNER_TID = 12;
  static final int OWNER_UID = 16;
  static final int OWNER_GID = 20;
  static final int OWNER_PPID = 24;
  static final int OWNER_MNTNS = 28;
  static final int OWNER_NETNS = 32;
  static final int OWNER_COMM = 40;
  static final int OWNER_PCOMM = 56;
  static final int OWNER_PROCESS_NAME = 72;
  static final int COMM_LEN = 16;

  static final int CHUNK_OFFSET = 4;
  static final int CHUNK_LEN = 8;
  static final int CHUNK_TIME = 16;
  static final int CHUNK_COOKIE = 24;
  static final int CHUNK_DATA = 32;

  static final int CGROUP_PATH_LEN = 4;
  static final int CGROUP_ID = 8;
  static final int CGROUP_PATH = 16;
  static final int CGROUP_PATH_MAX = 1024;

  static final int CLOSED_TIME = 8;
  static final int CLOSED_COOKIE = 16;
  static final int CLOSED_LEN = 24;

  static final int DROP_REASON = 192;
  static final int DROP_HOOK = 196;
  static final int DROP_PLACE = 197;
  static final int DROP_DEVICE_DOWN = 198;
  static final int DROP_PAYLOAD = 200;

  private static final VarHandle SHORT = view(short[].class, ByteOrder.nativeOrder());
  private static final VarHandle INT = view(int[].class, ByteOrder.nativeOrder());
  private static final VarHandle LONG = view(long[].class, ByteOrder.nativeOrder());
  private static final VarHandle BIG_ENDIAN_LONG = view(long[].class, ByteOrder.BIG_ENDIAN);

  private RecordLayout() {}

  private static VarHandle view(Class<?> array, ByteOrder order) {
    return MethodHandles.byteArrayViewVarHandle(array, order);
  }

  static int u8(byte[] record, int at) {
    return record[at] & 0xff;
  }

  static int u16(byte[] record, int at) {
    return (short) SHORT.get(record, at) & 0xffff;
  }

  static int i32(byte[] record, int at) {
    return (int) INT.get(record, at);
  }

  static long u32(byte[] record, int at) {
    return (int) INT.get(record, at) & 0xffffffffL;
  }

  static long i64(byte[] record, int at) {
    return (long) LONG.get(record, at);
  }

  /// Eight bytes in network byte order.
  static long network64(byte[] record, int at) {
    return (long) BIG_ENDIAN_LONG.get(record, at);
  }
}
