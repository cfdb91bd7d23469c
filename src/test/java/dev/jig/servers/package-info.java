/// Real servers and clients in a network namespace of their own, and what two readers say of their
/// packets: ig and tshark.
@NullMarked
package dev.jig.servers;

import org.jspecify.annotations.NullMarked;
