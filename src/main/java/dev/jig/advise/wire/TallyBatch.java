package dev.jig.advise.wire;

import dev.jig.advise.NodeTally;
import dev.jig.advise.NodeWindow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one message holds.
///
/// @param window in the last one; else null
public record TallyBatch(List<NodeTally> tallies, @Nullable NodeWindow window) {}
