package dev.jig.os;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// SIGINT, SIGTERM and SIGHUP, each on a thread of its own. SIGPIPE is ignored by the JVM already;
/// SIGHUP stays ignored under nohup.
///
/// The JVM's own threads take signals and don't let them be blocked (signalfd), and a handler in
/// Java would run where no Java may (sigaction with an upcall). That leaves sun.misc.Signal, which
/// javac warns of by name, so by reflection; a jlinked runtime needs the module jdk.unsupported.
public final class Signals implements InvocationHandler {
  private static final String[] NAMES = {"INT", "TERM", "HUP"};

  /// timeout(1) and the like signal the process and then its group: nobody has asked twice.
  static final long DEBOUNCE_NS = TimeUnit.MILLISECONDS.toNanos(100);

  private final String name;
  private final Consumer<String> taker;

  private Signals(String name, Consumer<String> taker) {
    this.name = name;
    this.taker = taker;
  }

  /// Calls `first` at the first signal; a second one ends the process at once with exit code 1,
  /// unless it comes within 100 ms: then it is the first one's echo.
  public static void onInterrupt(Runnable first) {
    AtomicLong askedNs = new AtomicLong();
    onSignal(_ -> {
      long nowNs = System.nanoTime() | 1; // 0: not asked yet
      if (askedNs.compareAndSet(0, nowNs)) {
        first.run();
      } else if (nowNs - askedNs.get() > DEBOUNCE_NS) {
        Runtime.getRuntime().halt(1);
      }
    });
  }

  /// Calls `taker` with the name of every signal, such as INT.
  public static void onSignal(Consumer<String> taker) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Method handle = signal.getMethod("handle", signal, handler);
      for (String name : NAMES) {
        Object ours =
            Proxy.newProxyInstance(
                handler.getClassLoader(), new Class<?>[] {handler}, new Signals(name, taker));
        try {
          handle.invoke(null, signal.getConstructor(String.class).newInstance(name), ours);
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
    taker.accept(name);
    return null;
  }
}
