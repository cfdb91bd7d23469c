/// What `top` counts on a node, on its way to the client.
@NullMarked
package dev.jig.top.wire;

import org.jspecify.annotations.NullMarked;
