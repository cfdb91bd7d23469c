/// Benchmarks: run by hand or by the bench command, not with the tests.
@NullMarked
package dev.jig.bench;

import org.jspecify.annotations.NullMarked;
