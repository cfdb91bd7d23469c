/// Lookups counted by keys, interval by interval.
@NullMarked
package dev.jig.top;

import org.jspecify.annotations.NullMarked;
