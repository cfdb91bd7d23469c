package dev.jig.kube;

import dev.jig.top.ViewSpec;
import dev.jig.wire.proto.Condition;
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

  /// They count the lookups of a view, and report the counts every second.
  record Top(ViewSpec view) implements GadgetRequest {
    @Override
    public void addTo(Start.Builder start) {
      dev.jig.wire.proto.Top.Builder top =
          dev.jig.wire.proto.Top.newBuilder().setFilter(view.filter());
      view.by().forEach(column -> top.addBy(column.text()));
      for (ViewSpec.Condition condition : view.conditions()) {
        top.addConditions(
            Condition.newBuilder().setColumn(condition.column().text()).setText(condition.text()));
      }
      start.setTop(top);
    }
  }

  /// Adds it to a request.
  void addTo(Start.Builder start);
}
