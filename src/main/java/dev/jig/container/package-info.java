/// Resolves a cgroup id to a container and a container id to its name, image and pod.
@NullMarked
package dev.jig.container;

import org.jspecify.annotations.NullMarked;
