package dev.jig.advise;

import dev.jig.stats.Latencies;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongBinaryOperator;

/// Values of facts. Bounded: at most one value of each fact, and 8 texts.
public final class Facts {
  private static final int MAX_TEXTS = 8;

  /// A domain name has at most 255 bytes, each at most four characters.
  private static final int MAX_TEXT_CHARS = 4 * 255;

  private final Map<Fact, Long> numbers = new EnumMap<>(Fact.class);
  private final Map<Fact, Latencies> latencies = new EnumMap<>(Fact.class);
  private final Map<Fact, Set<String>> texts = new EnumMap<>(Fact.class);

  /// Adds a number to a fact: it becomes the sum, or the greater one.
  public void add(Fact fact, long number) {
    LongBinaryOperator joined =
        switch (fact.kind()) {
          case SUM -> Long::sum;
          case MAX -> Math::max;
          case LATENCIES, TEXTS -> throw new IllegalArgumentException(fact + " is no number");
        };
    numbers.merge(fact, number, joined::applyAsLong);
  }

  /// The number of a fact.
  ///
  /// @param otherwise where there is none
  public long number(Fact fact, long otherwise) {
    return numbers.getOrDefault(fact, otherwise);
  }

  /// The histogram of a fact, which can be added to.
  public Latencies latencies(Fact fact) {
    if (fact.kind() != Fact.Kind.LATENCIES) {
      throw new IllegalArgumentException(fact + " is no histogram");
    }
    return latencies.computeIfAbsent(fact, _ -> new Latencies());
  }

  /// Adds a text, unless there are eight.
  public void add(Fact fact, String text) {
    if (fact.kind() != Fact.Kind.TEXTS) {
      throw new IllegalArgumentException(fact + " is no text");
    }
    Set<String> known = texts.computeIfAbsent(fact, _ -> new LinkedHashSet<>());
    if (known.size() < MAX_TEXTS) {
      known.add(text.substring(0, Math.min(text.length(), MAX_TEXT_CHARS)));
    }
  }

  /// The texts of a fact, in the order in which they came.
  public Set<String> texts(Fact fact) {
    return Collections.unmodifiableSet(texts.getOrDefault(fact, Set.of()));
  }

  /// Adds all values of others.
  public void add(Facts other) {
    other.numbers.forEach(this::add);
    other.latencies.forEach((fact, values) -> latencies(fact).add(values));
    other.texts.forEach((fact, values) -> values.forEach(text -> add(fact, text)));
  }

  /// The facts with a value.
  public Set<Fact> known() {
    Set<Fact> known = EnumSet.noneOf(Fact.class);
    known.addAll(numbers.keySet());
    known.addAll(latencies.keySet());
    known.addAll(texts.keySet());
    return known;
  }
}
