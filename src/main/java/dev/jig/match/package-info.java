/// Matches responses to queries, and joins the tries of one question into a lookup.
@NullMarked
package dev.jig.match;

import org.jspecify.annotations.NullMarked;
