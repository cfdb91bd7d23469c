/// The whole command line against containers, servers and processes that are really there.
@NullMarked
package dev.jig.it;

import org.jspecify.annotations.NullMarked;
