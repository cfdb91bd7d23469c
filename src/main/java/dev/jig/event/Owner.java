package dev.jig.event;

import org.jspecify.annotations.Nullable;

/// The process that sent a packet or owns its socket, as the kernel recorded it at that moment.
///
/// @param pid thread group id in the host's pid namespace
/// @param tid thread id in the host's pid namespace
/// @param uid user id, unsigned 32 bit
/// @param gid group id, unsigned 32 bit
/// @param comm thread name (at most 15 bytes), raw: outputs escape it
/// @param processName name of the process: of its first thread (at most 15 bytes), raw; absent in
///   recordings of older versions
/// @param ppid the parent's thread group id
/// @param pcomm the parent's name, raw
/// @param mountNs inode of the mount namespace
/// @param netNs inode of the network namespace
/// @param startBootNs start of the process on CLOCK_BOOTTIME; identifies a process with a pid that
///   is reused
/// @param paths data from /proc, if requested and the process still existed
/// @param account host names of [#uid] and [#gid], if requested
/// @param startEpochNs start of the process, nanoseconds since the epoch; 0 if not requested
public record Owner(
    int pid,
    int tid,
    long uid,
    long gid,
    String comm,
    @Nullable String processName,
    int ppid,
    String pcomm,
    long mountNs,
    long netNs,
    long startBootNs,
    @Nullable Paths paths,
    @Nullable Account account,
    long startEpochNs) {

  /// Data from /proc/PID, raw.
  ///
  /// @param commandLine the arguments, separated by spaces
  public record Paths(
      @Nullable String exePath, @Nullable String cwd, @Nullable String commandLine) {
    public Paths(@Nullable String exePath, @Nullable String cwd) {
      this(exePath, cwd, null);
    }
  }

  /// User and group names from the host's files, raw. In a container's root filesystem the same ids
  /// may have other names.
  public record Account(@Nullable String user, @Nullable String group) {}

  /// An owner without process name, account names and wall-clock start.
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
      long startBootNs,
      @Nullable Paths paths) {
    this(pid, tid, uid, gid, comm, null, ppid, pcomm, mountNs, netNs, startBootNs, paths, null, 0);
  }

  /// The process as a number, not spread: two processes of a node have the same one only by chance.
  public long processKey() {
    return startBootNs ^ (long) pid << 32;
  }

  /// A copy with paths.
  public Owner withPaths(Paths newPaths) {
    return withDetails(newPaths, account, startEpochNs);
  }

  /// A copy with paths, account names and wall-clock start.
  public Owner withDetails(
      @Nullable Paths newPaths, @Nullable Account newAccount, long newStartEpochNs) {
    return new Owner(
        pid,
        tid,
        uid,
        gid,
        comm,
        processName,
        ppid,
        pcomm,
        mountNs,
        netNs,
        startBootNs,
        newPaths,
        newAccount,
        newStartEpochNs);
  }
}
