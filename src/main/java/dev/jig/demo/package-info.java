/// The lookups of `--demo`: a resolver on loopback and a client that asks it. Depends on nothing.
@NullMarked
package dev.jig.demo;

import org.jspecify.annotations.NullMarked;
