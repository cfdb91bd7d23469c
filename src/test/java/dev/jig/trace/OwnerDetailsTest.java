package dev.jig.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jig.event.Owner;
import dev.jig.os.Accounts;
import dev.jig.os.Proc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OwnerDetailsTest {
  private static final long TICK_NS = 10_000_000L;
  private static final long BOOT_NS = 1_700_000_000_000_000_000L;

  @TempDir Path root;
  private long nowNs;

  private static Owner owner(long startTicks) {
    return new Owner(7, 7, 0, 0, "dig", 1, "sh", 1, 1, startTicks * TICK_NS, null);
  }

  private void process(long startTicks, String commandLine) throws IOException {
    Path directory = Files.createDirectories(root.resolve("7"));
    Files.writeString(directory.resolve("cmdline"), commandLine);
    Files.writeString(
        directory.resolve("stat"), "7 (dig) S" + " 1".repeat(18) + " " + startTicks + " 1\n");
  }

  private OwnerDetails details() {
    return new OwnerDetails(new Proc(root), new Accounts(root), () -> nowNs, BOOT_NS);
  }

  @Test
  void belongToTheProcessWithTheSameStart() throws IOException {
    process(500, "dig");
    OwnerDetails details = details();
    assertThat(details.apply(owner(500)))
        .isEqualTo(
            owner(500)
                .withDetails(
                    new Owner.Paths(null, null, "dig"),
                    new Owner.Account(null, null),
                    BOOT_NS + 500 * TICK_NS));
    assertThat(details.apply(owner(400)).paths()).as("the pid's former owner").isNull();
    assertThat(details.apply(owner(400)).startEpochNs()).isEqualTo(BOOT_NS + 400 * TICK_NS);
  }

  @Test
  void areCachedForASecond() throws IOException {
    process(500, "dig");
    OwnerDetails details = details();
    Owner owner = owner(500);
    details.apply(owner);
    Files.delete(root.resolve("7/stat"));
    nowNs = 1_000_000_000;
    assertThat(details.apply(owner).paths()).isNotNull();
    nowNs++;
    assertThat(details.apply(owner).paths()).isNull();
  }

  @Test
  void changeWithinASecondOfAnExec() throws IOException {
    process(500, "sh");
    OwnerDetails details = details();
    details.apply(owner(500));
    process(500, "dig");
    nowNs = 1_000_000_001;
    assertThat(details.apply(owner(500)).paths()).isEqualTo(new Owner.Paths(null, null, "dig"));
  }

  @Test
  void areNotReadUnlessShown() {
    Owner owner = owner(500);
    assertThat(OwnerDetails.of(false, false, () -> 0).apply(owner)).isSameAs(owner);
  }
}
