package dev.jig.bpf;

import java.nio.file.Files;
import java.nio.file.Path;

/// A Linux kernel.
///
/// @param release what `uname -r` prints
/// @param hasBtf whether it has BTF of its own types, which CO-RE needs
public record Kernel(String release, boolean hasBtf) {
  private static final Path BTF = Path.of("/sys/kernel/btf/vmlinux");

  /// The running kernel.
  public static Kernel running() {
    // The JVM takes os.version from uname.
    return new Kernel(System.getProperty("os.version", ""), Files.exists(BTF));
  }

  /// `MAJOR.MINOR`, such as 6.12.
  record Version(int major, int minor) {
    @Override
    public String toString() {
      return major + "." + minor;
    }
  }

  boolean isBefore(Version version) {
    return isBefore(version.major, version.minor);
  }

  /// Whether the release is older than `major.minor`; false for a release that is no number.
  public boolean isBefore(int major, int minor) {
    int dot = release.indexOf('.');
    if (dot < 0) {
      return false;
    }
    int ownMajor = number(0);
    return ownMajor != major ? ownMajor < major : number(dot + 1) < minor;
  }

  private int number(int start) {
    int value = 0;
    for (int i = start; i < release.length() && Character.isDigit(release.charAt(i)); i++) {
      value = value * 10 + Character.digit(release.charAt(i), 10);
    }
    return value;
  }
}
