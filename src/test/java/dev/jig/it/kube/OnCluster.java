package dev.jig.it.kube;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.ExtendWith;

/// Tests on a real cluster: that of `bin/test --cluster FOLDER` or of JIG_TEST_KUBECONFIG, never
/// that of KUBECONFIG, which may be in production. By the tag, bin/test runs them after all others,
/// for which it does not start the cluster.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("cluster")
@EnabledIfEnvironmentVariable(
    named = "JIG_TEST_KUBECONFIG",
    matches = ".+",
    disabledReason = "no cluster: bin/test --cluster FOLDER")
@ExtendWith(ClusterReport.class)
public @interface OnCluster {}
