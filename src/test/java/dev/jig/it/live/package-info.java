/// The `ig` command traces this machine: owners of packets, sums, timeouts, how it ends.
@NullMarked
package dev.jig.it.live;

import org.jspecify.annotations.NullMarked;
