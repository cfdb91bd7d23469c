/// Reads flags and kubeconfigs by kubectl's rules and makes a client of the API server from them.
@NullMarked
package dev.jig.kube.access;

import org.jspecify.annotations.NullMarked;
