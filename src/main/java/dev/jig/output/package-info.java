/// Rows as a table of columns, and the escaping of text from outside.
@NullMarked
package dev.jig.output;

import org.jspecify.annotations.NullMarked;
