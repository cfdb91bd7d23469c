/// Lookups as metrics in bounded memory, and their exposition for Prometheus.
@NullMarked
package dev.jig.export;

import org.jspecify.annotations.NullMarked;
