package dev.jig.dns;

/// HIP's data (RFC 8005 section 5), written as algorithm, tag, key, servers.
///
/// ```
///   length of tag 1 | algorithm 1 | length of key 2 | tag | key | names of rendezvous servers
/// ```
final class HostIdentity {
  private static final int HEAD_LENGTH = 4;

  private HostIdentity() {}

  static boolean write(RecordData data, Presentation text) {
    if (!data.has(HEAD_LENGTH)) {
      return false;
    }
    int tagLength = data.take8();
    int algorithm = data.take8();
    int keyLength = data.take16();
    if (tagLength == 0 || keyLength == 0 || !data.has(tagLength + keyLength)) {
      return data.bad();
    }
    int tag = data.at();
    int key = tag + tagLength;
    data.skip(tagLength + keyLength);
    text.decimal(algorithm).put(' ').hex(data.buffer(), tag, key);
    text.put(' ').base64(data.buffer(), key, key + keyLength);
    while (data.remaining() > 0) {
      text.put(' ');
      if (text.isCut() || !data.name()) { // many pointers to one long name
        return false;
      }
    }
    return true;
  }
}
