/// Client of Docker's REST API over a unix socket, and of Podman's, which is like it.
@NullMarked
package dev.jig.container.docker;

import org.jspecify.annotations.NullMarked;
