package dev.jig.kube;

import dev.jig.wire.proto.Start;

/// What the nodes make of the rows.
public sealed interface GadgetRequest {
  /// They send them.
  GadgetRequest ROWS = new Rows();

  /// They send the rows.
  record Rows() implements GadgetRequest {
    @Override
    public void addTo(Start.Builder start) {
      // what an agent does without a gadget
    }
  }

  /// The rules of `advise` watch them, and report tallies at the end.
  ///
  /// @param examples lookups that rules keep of each fault
  record Advise(int examples) implements GadgetRequest {
    @Override
    public void addTo(Start.Builder start) {
      start.setAdvise(dev.jig.wire.proto.Advise.newBuilder().setExamples(examples));
    }
  }

  /// Adds it to a request.
  void addTo(Start.Builder start);
}
