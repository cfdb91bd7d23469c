/// Folds the lookups of one getaddrinfo(3) into one row of the name that was wanted: decision 0028.
@NullMarked
package dev.jig.names;

import org.jspecify.annotations.NullMarked;
