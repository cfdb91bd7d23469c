/// Reads filters and selections of containers and ports into predicates over rows.
@NullMarked
package dev.jig.filter;

import org.jspecify.annotations.NullMarked;
