/// Bounded hash tables of primitive keys, and the hash that spreads them. Depends on nothing.
@NullMarked
package dev.jig.table;

import org.jspecify.annotations.NullMarked;
