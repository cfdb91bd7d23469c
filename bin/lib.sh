# Sourced by the other scripts of bin/: finds a JDK, installs missing packages, builds if a source
# has changed. $root is the checkout. Messages go to stderr.

root=$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")
me=bin/${0##*/}
stamp=$root/target/.built
PATH=$PATH:/usr/sbin:/sbin # not in the PATH of ordinary users

# Packages that the build and a run need, as PROBE:PACKAGE. The package is missing if its probe, a
# path, a library or a command, is not there.
build_needs=(clang:clang llvm-strip:llvm mvn:maven flock:util-linux
    /usr/include/bpf/bpf_helpers.h:libbpf-dev /usr/include/linux/bpf.h:linux-libc-dev)
run_needs=(libbpf.so.1:libbpf1)

say() { printf '%s: %s\n' "$me" "$*" >&2; }

die() {
    say "$*"
    exit 1
}

# Sets $jdk to a JDK 25: JAVA_HOME if it is one, else one of /usr/lib/jvm, else that of apt, which
# it installs.
find_jdk() {
    local package=openjdk-25-jdk-headless
    installed_jdk && return
    if apt_has "$package"; then
        install_packages "$package"
        installed_jdk && return
    fi
    die "no JDK 25 in JAVA_HOME or /usr/lib/jvm: install Temurin 25 from https://adoptium.net" \
        "or the distribution's $package"
}

installed_jdk() {
    for jdk in "${JAVA_HOME:-}" /usr/lib/jvm/*25*; do
        if [[ -x $jdk/bin/javac && -r $jdk/release && $(<"$jdk/release") =~ JAVA_VERSION=\"25[.\"] ]]; then
            return
        fi
    done
    return 1
}

# Whether apt can install a package. Fetches apt's lists if there are none, as in a fresh container.
apt_has() { # PACKAGE
    command -v apt-get >/dev/null && command -v apt-cache >/dev/null || return
    if [[ -z $(apt-cache pkgnames openjdk- 2>/dev/null) ]] && can_be_root; then
        as_root apt-get -qq update >/dev/null 2>&1 </dev/null || true
    fi
    [[ $(LC_ALL=C apt-cache policy "$1" 2>/dev/null) =~ Candidate:\ [^\(] ]]
}

can_be_root() { ((EUID == 0)) || command -v sudo >/dev/null; }

# Runs a command as root, through sudo if need be.
as_root() { # COMMAND…
    can_be_root || die "this needs root and there is no sudo: run $me as root"
    if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

present() { # PROBE
    case $1 in
        /*) [[ -e $1 ]] ;;
        *.so.*) [[ $(ldconfig -p) == *"$1 "* ]] ;;
        *) command -v "$1" >/dev/null ;;
    esac
}

# Installs the missing packages.
need() { # PROBE:PACKAGE…
    local pair packages=()
    for pair; do
        present "${pair%:*}" || packages+=("${pair##*:}")
    done
    ((${#packages[@]} == 0)) || install_packages "${packages[@]}"
}

install_packages() { # PACKAGE…
    command -v apt-get >/dev/null || die "missing packages, and there is no apt-get: install $*"
    can_be_root || die "missing packages, and there is no sudo: install $* as root"
    say "installing $* (apt)"
    local log
    log=$(mktemp)
    if ! apt_install "$@" >"$log" 2>&1; then
        # apt's lists are missing, or older than the mirror.
        { as_root apt-get -qq update && apt_install "$@"; } >"$log" 2>&1 || {
            tail -n 15 "$log" >&2
            rm -f "$log"
            die "could not install $*"
        }
    fi
    rm -f "$log"
    hash -r
}

apt_install() { # PACKAGE…
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 install "$@" </dev/null
}

# Runs a command as the owner of the checkout if that user called sudo, so that new files are theirs.
as_owner() { # COMMAND…
    if ((EUID == 0)) && [[ -n ${SUDO_UID:-} && $(stat -c %u "$root") == "$SUDO_UID" ]]; then
        runuser -u "$SUDO_USER" -- env HOME="$(getent passwd "$SUDO_UID" | cut -d: -f6)" "$@"
    else
        "$@"
    fi
}

# Makes the owner of the checkout the owner of target/ again.
give_back() {
    if ((EUID == 0)) && [[ -n ${SUDO_UID:-} && $(stat -c %u "$root") == "$SUDO_UID" ]]; then
        chown -R "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" "$root/target"
    fi
}

maven() { # ARG…
    # Without the JVM option, JDK 25 warns of Unsafe in Maven's libraries on every run.
    # Background jobs of a script ignore SIGINT and pass that on to their children; the tests send
    # SIGINT to theirs.
    as_owner env --default-signal=INT,HUP,QUIT JAVA_HOME="$jdk" \
        MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow ${MAVEN_OPTS:-}" \
        bash -c 'cd -- "$0" && exec mvn -B -ntp -Dstyle.color=never "$@"' "$root" "$@"
}

# Runs a command and prints its output, on stderr, only if it fails.
quietly() { # COMMAND…
    local output
    output=$("$@" 2>&1) || {
        printf '%s\n' "$output" >&2
        return 1
    }
}

# Whether a source is newer than the last build.
stale() {
    [[ ! -e $stamp || -n $(find "$root/src/main" "$root/pom.xml" "$root/.mvn" -newer "$stamp" -print -quit) ]]
}

# Compiles if a source is newer than the last build. A lock keeps two builds apart.
build() {
    stale || return 0
    need "${build_needs[@]}"
    local lock
    exec {lock}<"$root/pom.xml"
    flock "$lock"
    if stale; then
        say building
        as_owner mkdir -p "$root/target"
        as_owner touch "$stamp.begun"
        quietly maven -q compile || die "the build failed"
        as_owner mv "$stamp.begun" "$stamp"
    fi
    exec {lock}<&-
}
