/// An event to a line of text, driven by the catalogue of fields.
@NullMarked
package dev.jig.output;

import org.jspecify.annotations.NullMarked;
