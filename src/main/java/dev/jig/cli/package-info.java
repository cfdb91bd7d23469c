/// The commands. The only room that prints and exits.
@NullMarked
package dev.jig.cli;

import org.jspecify.annotations.NullMarked;
