/// `kubectl gadget`: finds the agents of a cluster, follows their streams and merges their rows.
/// The only place of the Kubernetes client library, with its sub-packages.
@NullMarked
package dev.jig.kube;

import org.jspecify.annotations.NullMarked;
