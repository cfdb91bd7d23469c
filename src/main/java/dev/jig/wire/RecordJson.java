package dev.jig.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.jig.event.Flags;
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

/// Maps records to JSON objects by reflection: a member per component with the component's name.
/// Members with a default value are omitted: null for nullable components, else zero, false or
/// empty.
///
/// Reading skips unknown members; a value of the wrong type is an IOException.
///
/// @param <R> its components are texts, integers, booleans, enums, addresses, records of these,
///   lists of these, or maps from text to text; a [WireMessage] is not written
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

  /// @param absent the default value, which is omitted; null also for mandatory components
  private record Member(
      String name, Method get, Kind kind, @Nullable Object absent, boolean required) {}

  private final Constructor<R> constructor;
  private final List<Member> members;
  private final Map<String, Integer> indexes = new HashMap<>();

  RecordJson(Class<R> type) {
    RecordComponent[] components = type.getRecordComponents();
    members = Arrays.stream(components).map(RecordJson::member).toList();
    for (int i = 0; i < components.length; i++) {
      indexes.put(components[i].getName(), i);
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
      return collectionKind(generic);
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
    } else if (plain == WireMessage.class || plain == Flags.class) {
      return new Kind.Skipped();
    } else if (plain.isEnum()) {
      return constant(plain);
    }
    return new Kind.Nested(new RecordJson<>(plain.asSubclass(Record.class)));
  }

  private static Kind collectionKind(ParameterizedType type) {
    Type[] of = type.getActualTypeArguments();
    if (type.getRawType() == List.class) {
      return new Kind.ListOf(kind(of[0]));
    }
    if (type.getRawType() == Map.class && of[0] == String.class && of[1] == String.class) {
      return new Kind.StringMap();
    }
    throw new IllegalArgumentException("unsupported component type " + type);
  }

  private static Kind.Constant constant(Class<?> type) {
    Map<String, Object> byName = new HashMap<>();
    for (Object constant : type.getEnumConstants()) {
      byName.put(((Enum<?>) constant).name(), constant);
    }
    return new Kind.Constant(byName);
  }

  /// The index of a component.
  int indexOf(String name) {
    Integer index = indexes.get(name);
    if (index == null) {
      throw new IllegalArgumentException("no component named " + name);
    }
    return index;
  }

  /// Writes the members of an object that was already started.
  ///
  /// @param omitted indexes of components that are not written
  void write(R from, Set<Integer> omitted, JsonGenerator out) throws IOException {
    for (int i = 0; i < members.size(); i++) {
      Member member = members.get(i);
      Object value = omitted.contains(i) ? null : value(from, member);
      if (value != null
          && !value.equals(member.absent())
          && !(member.kind() instanceof Kind.Skipped)) {
        out.writeFieldName(member.name());
        write(member.kind(), value, out);
      }
    }
  }

  /// Reads an object that was already started: the values by component index, null where there is
  /// no member.
  @Nullable Object[] values(R from) {
    return members.stream().map(member -> value(from, member)).toArray();
  }

  private static @Nullable Object value(Record from, Member member) {
    try {
      return member.get().invoke(from);
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
      case Kind.Skipped() -> throw new AssertionError("a skipped component: " + value);
    }
  }

  @SuppressWarnings("unchecked") // a part is of its component's type
  private static <P extends Record> void writePart(
      RecordJson<P> json, Record from, JsonGenerator out) throws IOException {
    out.writeStartObject();
    json.write((P) from, Set.of(), out);
    out.writeEndObject();
  }

  /// The values of an object that has begun, each in its component's index; null where it has none.
  @Nullable Object[] read(JsonParser in) throws IOException {
    @Nullable Object[] values = new @Nullable Object[members.size()];
    while (in.nextToken() != JsonToken.END_OBJECT) {
      Integer index = indexes.get(in.currentName());
      JsonToken token = in.nextToken();
      if (index == null || members.get(index).kind() instanceof Kind.Skipped) {
        in.skipChildren();
      } else if (token != JsonToken.VALUE_NULL) {
        values[index] = read(members.get(index).kind(), in);
      }
    }
    return values;
  }

  /// Creates a record.
  ///
  /// @param values one per component, null where absent
  R create(@Nullable Object[] values) throws IOException {
    @Nullable Object[] all = values.clone();
    for (int i = 0; i < all.length; i++) {
      Member member = members.get(i);
      if (all[i] == null) {
        all[i] = member.absent();
        if (member.required()) {
          throw new IOException("missing " + member.name());
        }
      }
    }
    try {
      return constructor.newInstance(all);
    } catch (InvocationTargetException e) {
      throw new IOException("rejected by the record's constructor", e);
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
      case Kind.Constant(var byName) -> constant(byName.get(text(in)), in);
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
      case Kind.Skipped() -> throw new AssertionError("a skipped component");
    };
  }

  private static Object constant(@Nullable Object constant, JsonParser in) throws IOException {
    if (constant == null) {
      throw new IOException("unknown constant: " + in.getText());
    }
    return constant;
  }

  private static String text(JsonParser in) throws IOException {
    expect(JsonToken.VALUE_STRING, in);
    return in.getText();
  }

  private static void expect(JsonToken token, JsonParser in) throws IOException {
    if (in.currentToken() != token) {
      throw new IOException(in.currentToken() + " in place of " + token);
    }
  }

  private static IpAddress address(String text) throws IOException {
    try {
      byte[] bytes = InetAddress.ofLiteral(text).getAddress();
      IpAddress address = IpAddress.of(bytes, 0, bytes.length);
      if (address.toString().equals(text)) {
        return address;
      }
      throw new IOException("not in canonical form: " + text);
    } catch (IllegalArgumentException e) {
      throw new IOException("not an address: " + text, e);
    }
  }
}
