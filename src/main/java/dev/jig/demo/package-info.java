/// The resolver and the client of `--demo`, on loopback. Depends on nothing.
@NullMarked
package dev.jig.demo;

import org.jspecify.annotations.NullMarked;
