/// The catalogue of columns: name, width, description, JSON key and getter of each. Filters and
/// outputs read it.
@NullMarked
package dev.jig.fields;

import org.jspecify.annotations.NullMarked;
