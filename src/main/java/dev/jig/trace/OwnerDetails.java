package dev.jig.trace;

import dev.jig.event.Owner;
import dev.jig.os.Accounts;
import dev.jig.os.Clocks;
import dev.jig.os.Proc;
import dev.jig.table.DirectMapped;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Adds to an owner what the kernel's record does not have: paths and command line from /proc, the
/// start as a date, the names of user and group. The details of an owner are read again after 1 s,
/// since exec, chdir or a new user may change them alone. Direct mapped by thread id, 1,024 slots.
final class OwnerDetails implements UnaryOperator<Owner> {
  /// The host's /etc, also if this process has another root; if it is not readable, [#OWN_ETC].
  private static final Path HOST_ETC = Path.of("/proc/1/root/etc");

  private static final Path OWN_ETC = Path.of("/etc");

  private static final long MAX_AGE_NS = 1_000_000_000;

  /// The details of several pipelines, which share what is read.
  static final class Shared {
    private final LongSupplier clockNs;
    private final Map<RowDetails, UnaryOperator<Owner>> made = new HashMap<>();

    /// @param clockNs the time, at most 1 s old
    Shared(LongSupplier clockNs) {
      this.clockNs = clockNs;
    }

    /// The details that rows carry.
    UnaryOperator<Owner> of(RowDetails details) {
      RowDetails key = new RowDetails(details.paths(), details.accounts(), false, false, false);
      return made.computeIfAbsent(key, _ -> OwnerDetails.of(key.paths(), key.accounts(), clockNs));
    }
  }

  private record CachedOwner(Owner owner, Owner detailed, long atNs) {}

  private final @Nullable Proc proc;
  private final @Nullable Accounts accounts;
  private final LongSupplier clockNs;
  private final long bootToRealNs;
  private final DirectMapped<CachedOwner> cache = new DirectMapped<>(1024);

  /// @param proc null where paths are not wanted
  /// @param accounts null where names of users are not wanted
  /// @param bootToRealNs what to add to the boot clock to get nanoseconds since the epoch
  OwnerDetails(
      @Nullable Proc proc, @Nullable Accounts accounts, LongSupplier clockNs, long bootToRealNs) {
    this.proc = proc;
    this.accounts = accounts;
    this.clockNs = clockNs;
    this.bootToRealNs = bootToRealNs;
  }

  /// The details that a trace of this machine shows; the identity if there are none.
  static UnaryOperator<Owner> of(boolean paths, boolean accounts, LongSupplier clockNs) {
    if (!paths && !accounts) {
      return UnaryOperator.identity();
    }
    long realNs = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    return new OwnerDetails(
        paths ? new Proc(Path.of("/proc")) : null,
        accounts ? new Accounts(Files.isReadable(HOST_ETC) ? HOST_ETC : OWN_ETC) : null,
        clockNs,
        realNs - new Clocks().bootNs());
  }

  /// The capture shares owners: an equal one that is another object is only read again.
  @Override
  @SuppressWarnings("ReferenceEquality")
  public Owner apply(Owner owner) {
    CachedOwner last = cache.get(owner.tid());
    long nowNs = clockNs.getAsLong();
    if (last != null && nowNs - last.atNs() <= MAX_AGE_NS && last.owner() == owner) {
      return last.detailed();
    }
    Owner detailed = detailed(owner);
    if (last != null && last.detailed().equals(detailed)) {
      detailed = last.detailed(); // rows share it
    }
    cache.put(owner.tid(), new CachedOwner(owner, detailed, nowNs));
    return detailed;
  }

  private Owner detailed(Owner owner) {
    return owner.withDetails(
        paths(owner), account(owner), proc == null ? 0 : owner.startBootNs() + bootToRealNs);
  }

  private Owner.@Nullable Paths paths(Owner owner) {
    Proc.Paths read = proc == null ? null : proc.paths(owner.pid(), owner.startBootNs());
    return read == null ? null : new Owner.Paths(read.exePath(), read.cwd(), read.commandLine());
  }

  private Owner.@Nullable Account account(Owner owner) {
    Accounts.Names read = accounts == null ? null : accounts.resolve(owner.uid(), owner.gid());
    return read == null ? null : new Owner.Account(read.user(), read.group());
  }
}
