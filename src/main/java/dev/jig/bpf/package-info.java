/// The only native border: libbpf and libc through the FFM API, and the ring buffer mapped in
/// place. C names stay in here. Knows nothing of DNS.
@NullMarked
package dev.jig.bpf;

import org.jspecify.annotations.NullMarked;
