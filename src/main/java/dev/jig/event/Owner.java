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
/// @param startTimeNs start of the process on the boot clock, tells a reused pid apart
/// @param paths what /proc says of it, if asked for and still there
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
    long startTimeNs,
    @Nullable Paths paths) {

  /// What `--paths` adds, raw.
  public record Paths(@Nullable String exePath, @Nullable String cwd) {}

  /// The same process with its paths.
  public Owner with(Paths found) {
    return new Owner(pid, tid, uid, gid, comm, ppid, pcomm, mountNs, netNs, startTimeNs, found);
  }
}
