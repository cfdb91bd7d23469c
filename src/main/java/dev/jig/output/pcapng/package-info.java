/// Rows as packets of a pcapng file (draft-ietf-opsawg-pcapng).
@NullMarked
package dev.jig.output.pcapng;

import org.jspecify.annotations.NullMarked;
