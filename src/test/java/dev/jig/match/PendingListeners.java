package dev.jig.match;

public final class PendingListeners {
  /// Does nothing.
  public static final PendingQueries.Listener NONE =
      new PendingQueries.Listener() {
        @Override
        public void beforeReport() {}

        @Override
        public void onAnswerLost(PendingQuery query) {}

        @Override
        public void onEvicted(PendingQuery query) {}
      };

  private PendingListeners() {}
}
