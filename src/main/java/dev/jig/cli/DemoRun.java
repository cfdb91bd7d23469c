package dev.jig.cli;

import dev.jig.demo.Demo;
import dev.jig.event.NameRow;
import dev.jig.event.PacketType;
import dev.jig.event.Qr;
import dev.jig.event.Row;
import dev.jig.event.UserFacingException;
import dev.jig.filter.RowFilter;
import dev.jig.os.Signals;
import dev.jig.trace.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// `ig trace dns --demo`: starts a resolver and a client on loopback and traces them live.
final class DemoRun {
  private static final long DNS_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(1);
  private static final long MAX_WAIT_S = 10;

  private final SelectionOptions options;
  private final Gadget gadget;

  DemoRun(SelectionOptions options, Gadget gadget) {
    this.options = options;
    this.gadget = gadget;
  }

  int run() {
    try (Demo demo = Demo.start(gadget.demo())) {
      RowFilter wanted = gadget.settings().filter();
      TraceSettings settings =
          gadget
              .settings()
              .withPort(demo.port(), DNS_TIMEOUT_NS, row -> isClientSide(row) && wanted.test(row));
      Session session = Session.open(options, settings, gadget, Source.DEMO);
      CountDownLatch unanswered = new CountDownLatch(1);
      Signals.onInterrupt(() -> session.requestStop(0));
      session.attach(
          Scope.EVERYTHING,
          event -> {
            session.output().accept(event);
            if (event.qr() == Qr.T) {
              unanswered.countDown();
            }
          });
      session.begin();
      Thread.ofPlatform()
          .daemon()
          .name("demo-client")
          .start(() -> runLookups(demo, session, unanswered));
      session.finish(session.run());
      return 0;
    } catch (IOException e) {
      throw UserFacingException.machine("cannot start the demo's resolver: " + e.getMessage());
    }
  }

  /// Whether a row is of the client: each packet is recorded at the resolver too. Rows of lookups
  /// and names are always the client's.
  private static boolean isClientSide(Row event) {
    if (event.lookup() != null || event instanceof NameRow) {
      return true;
    }
    return switch (event.qr()) {
      case Q -> event.flow().packetType() == PacketType.OUTGOING;
      case R -> event.flow().packetType() != PacketType.OUTGOING;
      case T -> true;
    };
  }

  private static void runLookups(Demo demo, Session session, CountDownLatch unanswered) {
    try {
      demo.runLookups();
      if (demo.isLastUnanswered()) {
        unanswered.await(MAX_WAIT_S, TimeUnit.SECONDS);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      session.stop();
    }
  }
}
