package dev.jig.trace;

import static dev.jig.capture.Packets.queryOut;
import static dev.jig.capture.Packets.responseIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.event.Attribution;
import dev.jig.event.Container;
import dev.jig.event.NameRow;
import dev.jig.event.Outcome;
import dev.jig.event.Owner;
import dev.jig.event.SampleEvents;
import dev.jig.filter.FilterExpression;
import dev.jig.golden.Messages;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Type;

/// Packets to names: what is folded, held, filtered and counted.
final class NamesTest {
  private static final Owner ASKER = SampleEvents.owner("asker");

  private PipelineHarness harness = PipelineHarness.forNames(Scope.EVERYTHING, _ -> true);
  private int id;

  /// A and AAAA of a name, answered 2 ms later.
  private void pair(long ms, String name, boolean found) {
    ask(ms, name, Type.A, found);
    ask(ms, name, Type.AAAA, false);
  }

  private void ask(long ms, String name, int type, boolean found) {
    id++;
    harness.send(
        queryOut(Messages.query(id, name, type))
            .cookie(id)
            .owner(ASKER, Attribution.EXACT)
            .atMs(ms));
    byte[] answer =
        found
            ? Messages.response(id, name, type, Messages.a(name, "192.0.2.7"))
            : Messages.nxdomain(id, name, type);
    harness.send(responseIn(answer).cookie(id).atMs(ms + 2));
  }

  private void walk() {
    pair(0, "web.x.corp.example.", false);
    pair(3, "web.x.example.", false);
    pair(6, "web.x.", true);
  }

  private List<NameRow> names() {
    return harness.rows.stream().map(NameRow.class::cast).toList();
  }

  @Test
  void aWalkIsOneRowAsSoonAsItsNameIsFound() {
    walk();
    assertThat(names()).hasSize(1);
    NameRow row = names().getFirst();
    assertThat(row.name()).isEqualTo("web.x.");
    assertThat(row.found()).isEqualTo("web.x.");
    assertThat(row.queries()).isEqualTo(6);
    assertThat(row.wasted()).isEqualTo(4);
    assertThat(row.latencyNs()).isEqualTo(8_000_000);
    assertThat(row.addresses()).hasToString("[192.0.2.7]");
    assertThat(row.lookups()).hasSize(6);
    assertCounts(1, 0);
  }

  @Test
  void aNameThatIsNotFoundIsEmittedHalfASecondLater() {
    pair(0, "nosuch.example.", false);
    harness.tickMs(400);
    assertThat(names()).isEmpty();
    harness.tickMs(600);
    assertThat(names().getFirst().outcome()).isEqualTo(Outcome.NXDOMAIN);
    assertCounts(1, 0);
  }

  /// The second name of the walk gets no answer: its row comes after the timeout of 1 s.
  @Test
  void aWalkWaitsForAQueryWithoutAnswer() {
    pair(0, "web.x.corp.example.", false);
    id++;
    harness.send(
        queryOut(Messages.query(id, "web.x.example.", Type.A))
            .cookie(id)
            .owner(ASKER, Attribution.EXACT)
            .atMs(3));
    for (int ms = 20; ms <= 1_100; ms += 20) {
      harness.tickMs(ms);
    }
    pair(1_101, "web.x.", true);
    harness.pipeline.finish();
    assertThat(names()).hasSize(1);
    assertThat(names().getFirst().queries()).isEqualTo(5);
    assertThat(names().getFirst().wasted()).isEqualTo(3);
    assertCounts(1, 0);
  }

  @Test
  void aFilterTestsTheName() {
    harness =
        PipelineHarness.forNames(
            Scope.EVERYTHING, FilterExpression.parse(List.of("wasted:>2", "name:web.x")));
    walk();
    pair(1_000, "other.example.", false);
    harness.pipeline.finish();
    assertThat(names()).hasSize(1);
    assertCounts(1, 1);
  }

  /// The rows of a container without a name yet are held, and folded once they are released.
  @Test
  void lookupsAreFoldedOnceTheirContainerIsNamed() {
    ScriptedScope scope = ScriptedScope.always(ScriptedScope.HOLD);
    harness = PipelineHarness.forNames(scope, _ -> true);
    pair(0, "web.x.corp.example.", false);
    pair(3, "web.x.example.", false);
    assertThat(harness.rows).isEmpty();
    scope.verdict = ScriptedScope.named("box");
    harness.tickMs(5);
    pair(6, "web.x.", true);
    assertThat(names()).hasSize(1);
    assertThat(names().getFirst().subject().container())
        .extracting(Container::name)
        .isEqualTo("box");
    assertThat(names().getFirst().wasted()).isEqualTo(4);
    assertCounts(1, 0);
  }

  @Test
  void anAnswerWithoutAQueryBelongsToNoName() {
    harness.send(responseIn(Messages.nxdomain(9, "late.example.", Type.A)).cookie(9).atMs(1));
    harness.pipeline.finish();
    assertThat(harness.rows).isEmpty();
    assertThat(harness.pipeline.counters().besideNames()).isEqualTo(1);
    assertCounts(0, 0);
  }

  private void assertCounts(int names, int filtered) {
    Counters counters = harness.pipeline.counters();
    assertThat(counters.isBalanced()).isTrue();
    assertThat(counters.names()).isEqualTo(names);
    assertThat(counters.namesFiltered()).isEqualTo(filtered);
    assertThat(counters.unit()).isEqualTo("name");
  }
}
