/// Rows as JSON lines, indented JSON and YAML documents.
@NullMarked
package dev.jig.output.json;

import org.jspecify.annotations.NullMarked;
