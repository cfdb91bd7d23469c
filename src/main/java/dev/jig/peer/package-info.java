/// Finds the process at the other end of a message that stays on this machine.
@NullMarked
package dev.jig.peer;

import org.jspecify.annotations.NullMarked;
