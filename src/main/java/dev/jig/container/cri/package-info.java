/// Client of containerd and CRI-O by gRPC: CRI (k8s.io/cri-api) and containerd's own services.
@NullMarked
package dev.jig.container.cri;

import org.jspecify.annotations.NullMarked;
