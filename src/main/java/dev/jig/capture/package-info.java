/// Packets with their owner, live from the kernel's ring or from a capture file. Assembles TCP
/// segments and IP fragments into DNS messages.
@NullMarked
package dev.jig.capture;

import org.jspecify.annotations.NullMarked;
