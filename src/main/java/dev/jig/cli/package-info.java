/// The commands. The only package that prints and exits.
@NullMarked
package dev.jig.cli;

import org.jspecify.annotations.NullMarked;
