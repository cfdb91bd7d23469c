/// Tests of the wire format, by hand-made bytes and against dnsjava.
@NullMarked
package dev.jig.dns;

import org.jspecify.annotations.NullMarked;
