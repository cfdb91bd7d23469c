package dev.jig.advise.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.jig.advise.Finding;
import dev.jig.wire.proto.AdviseProto;
import java.util.List;

/// What the rules of a node have seen so far.
///
/// @param findings a hash of each one's subject, equal on all nodes that find the same
public record NodeStatus(long lookups, List<Long> findings) {
  private static final int MAX_FINDINGS = 1_000;

  public NodeStatus {
    findings = List.copyOf(findings);
  }

  /// The status with these findings; beyond 1,000 they are not counted.
  public static NodeStatus of(long lookups, List<Finding> findings) {
    return new NodeStatus(
        lookups, findings.stream().limit(MAX_FINDINGS).map(Finding::subjectHash).toList());
  }

  public ByteString encode() {
    return AdviseProto.AdviseStatus.newBuilder()
        .setLookups(lookups)
        .addAllFindings(findings)
        .build()
        .toByteString();
  }

  /// Decodes what [#encode] encoded.
  ///
  /// @throws InvalidProtocolBufferException if it is damaged
  public static NodeStatus decode(ByteString bytes) throws InvalidProtocolBufferException {
    AdviseProto.AdviseStatus from = AdviseProto.AdviseStatus.parseFrom(bytes);
    return new NodeStatus(from.getLookups(), from.getFindingsList());
  }
}
