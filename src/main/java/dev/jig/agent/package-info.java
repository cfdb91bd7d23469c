/// The agent of a node: one capture, served to many clients over gRPC. Uses no Kubernetes client
/// library.
@NullMarked
package dev.jig.agent;

import org.jspecify.annotations.NullMarked;
