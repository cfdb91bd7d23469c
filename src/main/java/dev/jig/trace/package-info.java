/// The pipeline from packets to rows, the policy of which containers are wanted, sessions and their
/// summaries.
@NullMarked
package dev.jig.trace;

import org.jspecify.annotations.NullMarked;
