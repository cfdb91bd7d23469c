/// The codec of tallies, by which the client adds up what rules have counted on the nodes
/// (src/main/protobuf/advise/tallies.proto).
@NullMarked
package dev.jig.advise.wire;

import org.jspecify.annotations.NullMarked;
