/// Reads capture files: pcap and pcapng to packets of bytes. Depends on nothing.
@NullMarked
package dev.jig.pcap;

import org.jspecify.annotations.NullMarked;
