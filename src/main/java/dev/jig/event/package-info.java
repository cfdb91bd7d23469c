/// The row and its parts as immutable records: containers, owners, addresses, lookups. The model
/// alone; depends on the DNS wire format and on no library.
@NullMarked
package dev.jig.event;

import org.jspecify.annotations.NullMarked;
