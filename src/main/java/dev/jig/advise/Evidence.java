package dev.jig.advise;

import dev.jig.event.LookupRow;
import org.jspecify.annotations.Nullable;

/// An example of a finding.
///
/// @param twin shown beside it; null without one
/// @param text in place of the lookup's own; null: describe the lookup
public record Evidence(LookupRow row, @Nullable LookupRow twin, @Nullable String text) {}
