/// `kubectl gadget` on a real cluster ([OnCluster]).
@NullMarked
package dev.jig.it.kube;

import org.jspecify.annotations.NullMarked;
