/// The full screen of `top` on a terminal.
@NullMarked
package dev.jig.top.screen;

import org.jspecify.annotations.NullMarked;
