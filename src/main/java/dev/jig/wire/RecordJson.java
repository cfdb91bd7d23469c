package dev.jig.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.jig.event.IpAddress;
import dev.jig.event.WireMessage;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Records as JSON objects and back: a member per component, by its name, so that what is new in a
/// record is in there by itself. What is left out is null where a component may be, else zero,
/// false or an empty collection.
///
/// Reading takes nothing for granted: members of other names are passed over, and a value that does
/// not fit is an IOException.
///
/// @param <R> its components are texts, whole numbers, truths, enums, addresses, records of such,
///   lists of such, or texts by text; of a [WireMessage] nothing is written
final class RecordJson<R extends Record> {

  private sealed interface Kind {
    record Text() implements Kind {}

    record Bool() implements Kind {}

    record Int(boolean isLong) implements Kind {}

    record Constant(Map<String, Object> byName) implements Kind {}

    record Address() implements Kind {}

    record Nested(RecordJson<?> json) implements Kind {}

    record ListOf(Kind of) implements Kind {}

    record StringMap() implements Kind {}

    record Skipped() implements Kind {}
  }

  /// @param absent the value that is left out; null also where the component may not be null
  private record Member(
      String name, Method get, Kind kind, @Nullable Object absent, boolean required) {}

  private final Constructor<R> constructor;
  private final List<Member> members;
  private final Map<String, Integer> places = new HashMap<>();

  RecordJson(Class<R> type) {
    RecordComponent[] components = type.getRecordComponents();
    members = Arrays.stream(components).map(RecordJson::member).toList();
    for (int i = 0; i < components.length; i++) {
      places.put(components[i].getName(), i);
    }
    try {
      constructor =
          type.getDeclaredConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
    } catch (NoSuchMethodException e) {
      throw new AssertionError(e); // every record has it
    }
  }

  private static Member member(RecordComponent component) {
    Kind kind = kind(component.getGenericType());
    boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    Object absent = nullable ? null : absent(component.getType());
    boolean required = absent == null && !nullable && !(kind instanceof Kind.Skipped);
    return new Member(component.getName(), component.getAccessor(), kind, absent, required);
  }

  private static @Nullable Object absent(Class<?> type) {
    if (type == int.class) {
      return 0;
    } else if (type == long.class) {
      return 0L;
    } else if (type == boolean.class) {
      return false;
    } else if (type == List.class) {
      return List.of();
    }
    return type == Map.class ? Map.of() : null;
  }

  private static Kind kind(Type type) {
    if (type instanceof ParameterizedType generic) {
      return ofCollection(generic);
    }
    Class<?> plain = (Class<?>) type;
    if (plain == String.class) {
      return new Kind.Text();
    } else if (plain == boolean.class || plain == Boolean.class) {
      return new Kind.Bool();
    } else if (plain == int.class || plain == Integer.class) {
      return new Kind.Int(false);
    } else if (plain == long.class || plain == Long.class) {
      return new Kind.Int(true);
    } else if (plain == IpAddress.class) {
      return new Kind.Address();
    } else if (plain == WireMessage.class) {
      return new Kind.Skipped();
    } else if (plain.isEnum()) {
      return word(plain);
    }
    return new Kind.Nested(new RecordJson<>(plain.asSubclass(Record.class)));
  }

  private static Kind ofCollection(ParameterizedType type) {
    Type[] of = type.getActualTypeArguments();
    if (type.getRawType() == List.class) {
      return new Kind.ListOf(kind(of[0]));
    }
    if (type.getRawType() == Map.class && of[0] == String.class && of[1] == String.class) {
      return new Kind.StringMap();
    }
    throw new IllegalArgumentException("no way to write a " + type);
  }

  private static Kind.Constant word(Class<?> type) {
    Map<String, Object> byName = new HashMap<>();
    for (Object constant : type.getEnumConstants()) {
      byName.put(((Enum<?>) constant).name(), constant);
    }
    return new Kind.Constant(byName);
  }

  /// Where a component stands among the record's.
  int indexOf(String name) {
    Integer place = places.get(name);
    if (place == null) {
      throw new IllegalArgumentException("no component " + name);
    }
    return place;
  }

  /// Writes the members of an object that has begun.
  ///
  /// @param leftOut places that are not written
  void write(R of, Set<Integer> leftOut, JsonGenerator out) throws IOException {
    for (int i = 0; i < members.size(); i++) {
      Member member = members.get(i);
      Object value = leftOut.contains(i) ? null : value(of, member);
      if (value != null
          && !value.equals(member.absent())
          && !(member.kind() instanceof Kind.Skipped)) {
        out.writeFieldName(member.name());
        write(member.kind(), value, out);
      }
    }
  }

  /// The components in their order.
  @Nullable Object[] values(R of) {
    return members.stream().map(member -> value(of, member)).toArray();
  }

  private static @Nullable Object value(Record of, Member member) {
    try {
      return member.get().invoke(of);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("an accessor of a public record", e);
    }
  }

  private static void write(Kind kind, Object value, JsonGenerator out) throws IOException {
    switch (kind) {
      case Kind.Text() -> out.writeString((String) value);
      case Kind.Bool() -> out.writeBoolean((Boolean) value);
      case Kind.Int ignored -> out.writeNumber(((Number) value).longValue());
      case Kind.Constant ignored -> out.writeString(((Enum<?>) value).name());
      case Kind.Address() -> out.writeString(value.toString());
      case Kind.Nested(var json) -> writePart(json, (Record) value, out);
      case Kind.ListOf(var of) -> {
        out.writeStartArray();
        for (Object item : (List<?>) value) {
          write(of, item, out);
        }
        out.writeEndArray();
      }
      case Kind.StringMap() -> {
        out.writeStartObject();
        for (Map.Entry<?, ?> label : new TreeMap<>((Map<?, ?>) value).entrySet()) {
          out.writeStringField((String) label.getKey(), (String) label.getValue());
        }
        out.writeEndObject();
      }
      case Kind.Skipped() -> throw new AssertionError("not to be written: " + value);
    }
  }

  @SuppressWarnings("unchecked") // a part is of its component's type
  private static <P extends Record> void writePart(RecordJson<P> json, Record of, JsonGenerator out)
      throws IOException {
    out.writeStartObject();
    json.write((P) of, Set.of(), out);
    out.writeEndObject();
  }

  /// The values of an object that has begun, each in its component's place; null where it has none.
  @Nullable Object[] read(JsonParser in) throws IOException {
    @Nullable Object[] values = new @Nullable Object[members.size()];
    while (in.nextToken() != JsonToken.END_OBJECT) {
      Integer place = places.get(in.currentName());
      JsonToken token = in.nextToken();
      if (place == null || members.get(place).kind() instanceof Kind.Skipped) {
        in.skipChildren();
      } else if (token != JsonToken.VALUE_NULL) {
        values[place] = read(members.get(place).kind(), in);
      }
    }
    return values;
  }

  /// The record of these values.
  ///
  /// @param values one for each component, null where it is absent
  R create(@Nullable Object[] values) throws IOException {
    @Nullable Object[] all = values.clone();
    for (int i = 0; i < all.length; i++) {
      Member member = members.get(i);
      if (all[i] == null) {
        all[i] = member.absent();
        if (member.required()) {
          throw new IOException("without " + member.name());
        }
      }
    }
    try {
      return constructor.newInstance(all);
    } catch (InvocationTargetException e) {
      throw new IOException("refused", e);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the constructor of a public record", e);
    }
  }

  private static Object read(Kind kind, JsonParser in) throws IOException {
    return switch (kind) {
      case Kind.Text() -> text(in);
      case Kind.Bool() -> in.getBooleanValue();
      case Kind.Int(var isLong) -> {
        expect(JsonToken.VALUE_NUMBER_INT, in);
        yield isLong ? (Object) in.getLongValue() : in.getIntValue();
      }
      case Kind.Constant(var byName) -> known(byName.get(text(in)), in);
      case Kind.Address() -> address(text(in));
      case Kind.Nested(var json) -> {
        expect(JsonToken.START_OBJECT, in);
        yield json.create(json.read(in));
      }
      case Kind.ListOf(var of) -> {
        expect(JsonToken.START_ARRAY, in);
        List<Object> items = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
          items.add(read(of, in));
        }
        yield items;
      }
      case Kind.StringMap() -> {
        expect(JsonToken.START_OBJECT, in);
        Map<String, String> labels = new LinkedHashMap<>();
        while (in.nextToken() != JsonToken.END_OBJECT) {
          String key = in.currentName();
          in.nextToken();
          labels.put(key, text(in));
        }
        yield labels;
      }
      case Kind.Skipped() -> throw new AssertionError("not to be read");
    };
  }

  private static Object known(@Nullable Object constant, JsonParser in) throws IOException {
    if (constant == null) {
      throw new IOException("unknown: " + in.getText());
    }
    return constant;
  }

  private static String text(JsonParser in) throws IOException {
    expect(JsonToken.VALUE_STRING, in);
    return in.getText();
  }

  private static void expect(JsonToken token, JsonParser in) throws IOException {
    if (in.currentToken() != token) {
      throw new IOException("not " + token + " but " + in.currentToken());
    }
  }

  private static IpAddress address(String text) throws IOException {
    try {
      byte[] bytes = InetAddress.ofLiteral(text).getAddress();
      IpAddress address = IpAddress.of(bytes, 0, bytes.length);
      if (address.toString().equals(text)) {
        return address;
      }
      throw new IOException("not as we write it: " + text);
    } catch (IllegalArgumentException e) {
      throw new IOException("no address: " + text, e);
    }
  }
}
