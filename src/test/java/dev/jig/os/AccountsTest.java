package dev.jig.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AccountsTest {
  @TempDir Path etc;

  @BeforeEach
  void write() throws IOException {
    Files.writeString(
        etc.resolve("passwd"),
        """
        root:x:0:0:root:/root:/bin/sh
        toor:x:0:0:also root:/root:/bin/sh
        # a comment
        broken
        huge:x:99999999999:0::/:
        web:x:1000:1000::/home/web:/bin/sh
        """);
    Files.writeString(etc.resolve("group"), "root:x:0:\nstaff:x:50:web,root\n");
  }

  @Test
  void resolvesNamesFromBothFiles() {
    assertThat(new Accounts(etc).resolve(1000, 50)).isEqualTo(new Accounts.Names("web", "staff"));
  }

  @Test
  void usesTheFirstOfTwoNamesForOneId() {
    assertThat(new Accounts(etc).resolve(0, 0)).isEqualTo(new Accounts.Names("root", "root"));
  }

  @Test
  void unknownIdsAndMissingFilesGiveNull() throws IOException {
    assertThat(new Accounts(etc).resolve(7, 0xffffffffL)).isEqualTo(new Accounts.Names(null, null));
    Accounts accounts = new Accounts(etc);
    assertThat(accounts.resolve(1000, 50).user()).isEqualTo("web");
    Files.delete(etc.resolve("passwd"));
    assertThat(accounts.resolve(1000, 50)).isEqualTo(new Accounts.Names(null, "staff"));
  }

  @Test
  void readsChangedFilesAgain() throws IOException {
    Accounts accounts = new Accounts(etc);
    assertThat(accounts.resolve(1001, 0).user()).isNull();
    Files.writeString(etc.resolve("passwd"), "new:x:1001:0::/:\n");
    Files.setLastModifiedTime(etc.resolve("passwd"), FileTime.fromMillis(1));
    assertThat(accounts.resolve(1001, 0).user()).isEqualTo("new");
  }
}
