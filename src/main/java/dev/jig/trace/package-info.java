/// The pipeline, readable on one page: packets in, matched and named events out, and the counters
/// that prove nothing was lost.
@NullMarked
package dev.jig.trace;

import org.jspecify.annotations.NullMarked;
