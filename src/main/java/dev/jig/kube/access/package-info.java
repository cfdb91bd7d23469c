/// From flags and kubeconfigs, by kubectl's rules, to a client of the API server: who is asked, how
/// it is known, and who asks. For the room's `Cluster`.
@org.jspecify.annotations.NullMarked
package dev.jig.kube.access;
