/// Whose packet: from cgroup id to container, from container id to the name its runtime gave it.
@NullMarked
package dev.jig.container;

import org.jspecify.annotations.NullMarked;
