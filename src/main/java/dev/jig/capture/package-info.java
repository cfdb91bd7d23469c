/// Packets with their owner, live from the kernel's ring or from a capture file; datagrams and TCP
/// segments become DNS message bytes. From bpf and pcap, to trace.
@NullMarked
package dev.jig.capture;

import org.jspecify.annotations.NullMarked;
