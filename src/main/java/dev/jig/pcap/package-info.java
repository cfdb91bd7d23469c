/// Reads and writes capture files, pcap and pcapng. Depends on nothing.
@NullMarked
package dev.jig.pcap;

import org.jspecify.annotations.NullMarked;
