/// The commands `ig` and `kubectl gadget`: one class for each command, mixins for the flags they
/// share, and the formats of `-o`. The only package that prints and exits.
@NullMarked
package dev.jig.cli;

import org.jspecify.annotations.NullMarked;
