package dev.jig.dns;

/// HIP data (RFC 8005 section 5), written as algorithm, HIT, key, rendezvous servers.
///
/// ```
///   HIT length 1 | algorithm 1 | key length 2 | HIT | key | names of rendezvous servers
/// ```
final class HostIdentity {
  private static final int HEAD_LENGTH = 4;

  private HostIdentity() {}

  static boolean write(RecordData data, Presentation text) {
    if (!data.require(HEAD_LENGTH)) {
      return false;
    }
    int hitLength = data.take8();
    int algorithm = data.take8();
    int keyLength = data.take16();
    if (hitLength == 0 || keyLength == 0 || !data.require(hitLength + keyLength)) {
      return data.fail();
    }
    int hit = data.at();
    int key = hit + hitLength;
    data.skip(hitLength + keyLength);
    text.decimal(algorithm).put(' ').hex(data.buffer(), hit, key);
    text.put(' ').base64(data.buffer(), key, key + keyLength);
    while (data.remaining() > 0) {
      text.put(' ');
      if (text.isCut() || !data.writeName()) { // cut: many pointers to one long name
        return false;
      }
    }
    return true;
  }
}
