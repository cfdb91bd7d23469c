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

/// Names of users and groups by number, from a host's passwd(5) and group(5) files. A file is read
/// again when its size or modification time changes. For one thread.
public final class Accounts {
  private final NameFile users;
  private final NameFile groups;

  /// @param etc the directory of both files, such as /etc
  public Accounts(Path etc) {
    users = new NameFile(etc.resolve("passwd"));
    groups = new NameFile(etc.resolve("group"));
  }

  /// The names of a user and a group; null if the file has none for the number.
  public record Names(@Nullable String user, @Nullable String group) {}

  /// Resolves both numbers with the files' current contents.
  public Names resolve(long uid, long gid) {
    return new Names(users.name(uid), groups.name(gid));
  }

  /// A file of lines `name:password:number:…`, at most 16 MiB; a longer one has no names.
  private static final class NameFile {
    private static final int FIELDS = 4;
    private static final long MAX_BYTES = 16L << 20;

    private final Path file;
    private Map<Long, String> names = Map.of();
    private @Nullable FileTime readModified;
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
        var attributes = Files.readAttributes(file, BasicFileAttributes.class);
        if (attributes.lastModifiedTime().equals(readModified) && attributes.size() == readSize) {
          return;
        }
        readModified = attributes.lastModifiedTime();
        readSize = attributes.size();
        names = attributes.size() > MAX_BYTES ? Map.of() : read();
      } catch (IOException e) {
        names = Map.of(); // absent, or no permission
        readModified = null;
      }
    }

    private Map<Long, String> read() throws IOException {
      Map<Long, String> byNumber = new HashMap<>();
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      for (String line : text.split("\n", -1)) {
        String[] fields = line.split(":", FIELDS);
        if (fields.length == FIELDS && fields[2].matches("\\d{1,10}")) {
          byNumber.putIfAbsent(
              Long.parseLong(fields[2]), fields[0]); // the first wins, as in getpwuid(3)
        }
      }
      return Map.copyOf(byNumber);
    }
  }
}
