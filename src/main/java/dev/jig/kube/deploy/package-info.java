/// Installs the agents on a cluster and removes them: manifests and Helm chart.
@NullMarked
package dev.jig.kube.deploy;

import org.jspecify.annotations.NullMarked;
