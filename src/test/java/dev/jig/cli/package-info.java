/// The commands as users run them.
@NullMarked
package dev.jig.cli;

import org.jspecify.annotations.NullMarked;
