/// Encodings of a row for other processes: protobuf messages between an agent and its clients, and
/// the pcapng option that a recording carries beside each packet.
@NullMarked
package dev.jig.wire;

import org.jspecify.annotations.NullMarked;
