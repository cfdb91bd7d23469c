/// Feeds arbitrary bytes to the parsers of input from outside. Tests replay the corpus; a fuzzer
/// starts from it (CONTRIBUTING.md).
@NullMarked
package dev.jig.fuzz;

import org.jspecify.annotations.NullMarked;
