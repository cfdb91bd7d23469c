/// System calls and files of Linux through the FFM API: libc, errno, clocks, signals, terminals,
/// cgroup directories, /proc and /etc/passwd. C names stay in this package. Depends on nothing.
@NullMarked
package dev.jig.os;

import org.jspecify.annotations.NullMarked;
