/// What the user wants to see: options and expressions to a predicate over events.
@NullMarked
package dev.jig.filter;

import org.jspecify.annotations.NullMarked;
