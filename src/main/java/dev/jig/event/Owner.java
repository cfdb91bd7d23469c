package dev.jig.event;

import org.jspecify.annotations.Nullable;

/// The process that sent a packet or holds its socket, as the kernel saw it at that moment.
///
/// @param pid thread group id in the host's pid namespace
/// @param tid thread id in the host's pid namespace
/// @param uid user id, unsigned 32 bit
/// @param gid group id, unsigned 32 bit
/// @param comm name of the thread (at most 15 bytes), raw: output escapes it
/// @param ppid parent's thread group id
/// @param pcomm parent's name, raw
/// @param mountNs inode of the mount namespace
/// @param netNs inode of the network namespace
/// @param startBootNs start of the process on the boot clock, tells a reused pid apart
/// @param paths what /proc says of it, if asked for and still there
/// @param account names for [#uid] and [#gid] on the host, if asked for
/// @param startEpochNs its start, nanoseconds since the epoch; 0 if not asked for
public record Owner(
    int pid,
    int tid,
    long uid,
    long gid,
    String comm,
    int ppid,
    String pcomm,
    long mountNs,
    long netNs,
    long startBootNs,
    @Nullable Paths paths,
    @Nullable Account account,
    long startEpochNs) {

  /// What /proc tells, raw.
  ///
  /// @param commandLine its arguments with blanks between them
  public record Paths(
      @Nullable String exePath, @Nullable String cwd, @Nullable String commandLine) {
    public Paths(@Nullable String exePath, @Nullable String cwd) {
      this(exePath, cwd, null);
    }
  }

  /// What the host calls a user and a group, raw. In a container's root filesystem the same numbers
  /// may be others.
  public record Account(@Nullable String user, @Nullable String group) {}

  /// As the kernel tells it.
  public Owner(
      int pid,
      int tid,
      long uid,
      long gid,
      String comm,
      int ppid,
      String pcomm,
      long mountNs,
      long netNs,
      long startTimeNs,
      @Nullable Paths paths) {
    this(pid, tid, uid, gid, comm, ppid, pcomm, mountNs, netNs, startTimeNs, paths, null, 0);
  }

  /// The same process with its paths.
  public Owner withPaths(Paths found) {
    return withDetails(found, account, startEpochNs);
  }

  /// The same process with what is known besides.
  public Owner withDetails(
      @Nullable Paths knownPaths, @Nullable Account knownAccount, long knownStartedNs) {
    return new Owner(
        pid,
        tid,
        uid,
        gid,
        comm,
        ppid,
        pcomm,
        mountNs,
        netNs,
        startBootNs,
        knownPaths,
        knownAccount,
        knownStartedNs);
  }
}
