/// The whole command on this machine, held to what it promises: owners, sums, timeouts, its end.
@NullMarked
package dev.jig.live;

import org.jspecify.annotations.NullMarked;
