/// Real servers and clients in a network namespace of the test, and two readers of their packets:
/// `ig trace dns --read` and tshark.
@NullMarked
package dev.jig.it.servers;

import org.jspecify.annotations.NullMarked;
