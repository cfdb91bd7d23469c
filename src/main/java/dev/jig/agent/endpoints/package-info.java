/// Names of pods and services by address, kept from the API server's list and watch.
@NullMarked
package dev.jig.agent.endpoints;

import org.jspecify.annotations.NullMarked;
