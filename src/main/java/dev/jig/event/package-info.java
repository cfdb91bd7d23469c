/// The event as immutable records, and the catalogue of its fields: name, width, description, JSON
/// key, getter. From trace, to filter and output.
@NullMarked
package dev.jig.event;

import org.jspecify.annotations.NullMarked;
