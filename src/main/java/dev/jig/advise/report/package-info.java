/// Reports as text, Markdown, JSON and YAML.
@NullMarked
package dev.jig.advise.report;

import org.jspecify.annotations.NullMarked;
