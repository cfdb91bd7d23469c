package dev.jig.wire;

import com.google.protobuf.Internal.EnumLite;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The numbers of an enum's constants in row.proto, where each constant has the same name behind a
/// prefix. 0: absent.
final class EnumNumbers<E extends Enum<E>> {
  private final Map<E, Integer> numbers;
  private final Map<Integer, E> constants = new HashMap<>();

  /// @throws IllegalArgumentException if a constant is missing in row.proto
  <P extends Enum<P> & EnumLite> EnumNumbers(Class<E> type, Class<P> generated, String prefix) {
    numbers = new EnumMap<>(type);
    for (E constant : type.getEnumConstants()) {
      int number = Enum.valueOf(generated, prefix + constant.name()).getNumber();
      numbers.put(constant, number);
      constants.put(number, constant);
    }
  }

  int numberOf(@Nullable E constant) {
    return constant == null ? 0 : numbers.getOrDefault(constant, 0);
  }

  /// The constant with this number; null for 0 and for unknown numbers.
  @Nullable E of(int number) {
    return constants.get(number);
  }
}
