/// Counts and latencies of lookups, in bounded memory.
@NullMarked
package dev.jig.stats;

import org.jspecify.annotations.NullMarked;
