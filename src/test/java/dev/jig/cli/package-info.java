/// Tests of the commands, run as users run them.
@NullMarked
package dev.jig.cli;

import org.jspecify.annotations.NullMarked;
