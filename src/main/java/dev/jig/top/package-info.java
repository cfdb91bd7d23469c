/// Who asks most and what fails most: lookups counted by keys, interval by interval.
@NullMarked
package dev.jig.top;

import org.jspecify.annotations.NullMarked;
