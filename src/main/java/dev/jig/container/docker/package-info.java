/// The REST API over unix sockets that Docker and Podman share.
@NullMarked
package dev.jig.container.docker;

import org.jspecify.annotations.NullMarked;
