/// The DNS wire format (RFC 1035 and its successors): reads messages in place or decodes them
/// whole. Depends on nothing.
@NullMarked
package dev.jig.dns;

import org.jspecify.annotations.NullMarked;
