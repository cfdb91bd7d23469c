/// The DNS wire format (RFC 1035 and its successors): bytes to a flyweight message. Depends on
/// nothing.
@NullMarked
package dev.jig.dns;

import org.jspecify.annotations.NullMarked;
