package dev.jig.os;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Handles SIGINT, SIGTERM and SIGHUP, each on a new thread. The JVM ignores SIGPIPE; SIGHUP stays
/// ignored under nohup(1).
///
/// Uses sun.misc.Signal by reflection, since javac warns of the name; a jlinked runtime needs the
/// module jdk.unsupported. signalfd(2) does not work, because the JVM's threads do not block these
/// signals, nor does sigaction(2), because an upcall may not run in a signal handler.
public final class Signals implements InvocationHandler {
  private static final String[] NAMES = {"INT", "TERM", "HUP"};

  /// 100 ms: timeout(1) signals the process and then its group, which is one request.
  static final long DEBOUNCE_NS = TimeUnit.MILLISECONDS.toNanos(100);

  private final String name;
  private final Consumer<String> handler;

  private Signals(String name, Consumer<String> handler) {
    this.name = name;
    this.handler = handler;
  }

  /// Calls `handler` at the first signal. A later one halts the process with exit code 1, unless it
  /// comes within 100 ms of the first.
  public static void onInterrupt(Runnable handler) {
    AtomicLong firstNs = new AtomicLong();
    onSignal(_ -> {
      long nowNs = System.nanoTime() | 1; // 0: no signal yet
      if (firstNs.compareAndSet(0, nowNs)) {
        handler.run();
      } else if (nowNs - firstNs.get() > DEBOUNCE_NS) {
        Runtime.getRuntime().halt(1);
      }
    });
  }

  /// Calls `handler` at every signal with its name: INT, TERM or HUP.
  public static void onSignal(Consumer<String> handler) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Method handle = signal.getMethod("handle", signal, handlerType);
      for (String name : NAMES) {
        Object proxy =
            Proxy.newProxyInstance(
                handlerType.getClassLoader(),
                new Class<?>[] {handlerType},
                new Signals(name, handler));
        try {
          handle.invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (InvocationTargetException unknown) {
          if (!(unknown.getCause() instanceof IllegalArgumentException)) {
            throw unknown;
          } // Windows has no SIGHUP
        }
      }
    } catch (ReflectiveOperationException missing) {
      throw new IllegalStateException("this Java cannot handle signals: " + missing, missing);
    }
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws ReflectiveOperationException {
    if (!method.getName().equals("handle")) {
      return method.invoke(this, arguments); // equals, hashCode, toString
    }
    handler.accept(name);
    return null;
  }
}
