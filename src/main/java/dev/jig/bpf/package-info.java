/// libbpf's objects, programs, maps and links, and the ring buffer, mapped and read in place.
/// Explains why the kernel refused a program. Knows nothing of DNS.
@NullMarked
package dev.jig.bpf;

import org.jspecify.annotations.NullMarked;
