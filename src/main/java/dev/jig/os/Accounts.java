package dev.jig.os;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The host's names for users and groups, from its passwd and group files (passwd(5), group(5)),
/// which are read again when they have changed.
public final class Accounts {
  private final NameFile users;
  private final NameFile groups;

  /// @param etc the host's /etc
  public Accounts(Path etc) {
    users = new NameFile(etc.resolve("passwd"));
    groups = new NameFile(etc.resolve("group"));
  }

  /// The names of a user and a group; null for a number that the files do not name.
  public record Names(@Nullable String user, @Nullable String group) {}

  /// The names as the files have them now.
  public Names resolve(long uid, long gid) {
    return new Names(users.name(uid), groups.name(gid));
  }

  /// One file of lines `name:password:number:…`.
  private static final class NameFile {
    private static final int FIELDS = 4;
    private static final long AT_MOST_BYTES = 16L << 20;

    private final Path file;
    private Map<Long, String> names = Map.of();
    private @Nullable FileTime readOf;
    private long readSize;

    NameFile(Path file) {
      this.file = file;
    }

    @Nullable String name(long number) {
      refresh();
      return names.get(number);
    }

    private void refresh() {
      try {
        var now = Files.readAttributes(file, BasicFileAttributes.class);
        if (now.lastModifiedTime().equals(readOf) && now.size() == readSize) {
          return;
        }
        readOf = now.lastModifiedTime();
        readSize = now.size();
        names = now.size() > AT_MOST_BYTES ? Map.of() : read();
      } catch (IOException e) {
        names = Map.of(); // not there, or not for us to read
        readOf = null;
      }
    }

    private Map<Long, String> read() throws IOException {
      Map<Long, String> read = new HashMap<>();
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      for (String line : text.split("\n", -1)) {
        String[] fields = line.split(":", FIELDS);
        if (fields.length == FIELDS && fields[2].matches("\\d{1,10}")) {
          read.putIfAbsent(Long.parseLong(fields[2]), fields[0]); // the first, as getpwuid(3) does
        }
      }
      return Map.copyOf(read);
    }
  }
}
