/// The `ig` command traces this machine: owners of packets, counts, timeouts, cleanup.
@NullMarked
package dev.jig.it.live;

import org.jspecify.annotations.NullMarked;
