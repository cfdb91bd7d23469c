package dev.jig.top;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The values of the columns that lookups are counted by, in their order.
public final class Key {
  private final @Nullable Object[] values;
  private final int hash;

  /// @param values as of [KeyColumn]; the array must not change any more
  public Key(@Nullable Object[] values) {
    this.values = values;
    this.hash = Arrays.hashCode(values);
  }

  public int size() {
    return values.length;
  }

  /// The value of a column.
  public @Nullable Object value(int column) {
    return values[column];
  }

  /// The value as raw text; empty where it is absent.
  public String text(int column) {
    return Objects.toString(values[column], "");
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Key key && hash == key.hash && Arrays.equals(values, key.values);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
