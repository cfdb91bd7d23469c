/// Bytes that no client would send, into what reads bytes from outside: a test replays the corpus,
/// a fuzzer goes on from there (CONTRIBUTING.md).
@NullMarked
package dev.jig.fuzz;

import org.jspecify.annotations.NullMarked;
