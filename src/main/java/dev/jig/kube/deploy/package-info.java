/// Installs the agents on a cluster and removes them: deploy/agent.yaml with the user's options.
@NullMarked
package dev.jig.kube.deploy;

import org.jspecify.annotations.NullMarked;
