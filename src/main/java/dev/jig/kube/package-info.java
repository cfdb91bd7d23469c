/// Kubernetes: the agent on a node, which serves one capture to many clients, and the client, which
/// finds the agents, merges their events and deploys them.
@NullMarked
package dev.jig.kube;

import org.jspecify.annotations.NullMarked;
