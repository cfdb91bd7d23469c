# Shared by bin/ig, bin/test and bin/bench, which source it: finds the JDK, installs what is
# missing, builds what is stale. $root is the checkout, messages go to stderr.

root=$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")
me=bin/${0##*/}
stamp=$root/target/.built
PATH=$PATH:/usr/sbin:/sbin # an ordinary user's PATH lacks them

# What the build and a run need, as PROBE:PACKAGE. A probe is a path, a library or a command.
build_needs=(clang:clang llvm-strip:llvm mvn:maven flock:util-linux
    /usr/include/bpf/bpf_helpers.h:libbpf-dev /usr/include/linux/bpf.h:linux-libc-dev)
run_needs=(libbpf.so.1:libbpf1)

say() { printf '%s: %s\n' "$me" "$*" >&2; }

die() {
    say "$*"
    exit 1
}

# Sets $jdk to a JDK 25: JAVA_HOME if it is one, else what /usr/lib/jvm holds.
find_jdk() {
    for jdk in "${JAVA_HOME:-}" /usr/lib/jvm/*25*; do
        if [[ -x $jdk/bin/javac && -r $jdk/release && $(<"$jdk/release") =~ JAVA_VERSION=\"25[.\"] ]]; then
            return
        fi
    done
    die "no JDK 25 in JAVA_HOME or /usr/lib/jvm: install Temurin 25 from https://adoptium.net" \
        "or the distribution's openjdk-25-jdk-headless"
}

as_root() {
    if ((EUID == 0)); then
        "$@"
        return
    fi
    command -v sudo >/dev/null || die "this needs root and there is no sudo: run $me as root"
    sudo "$@"
}

present() { # PROBE
    case $1 in
        /*) [[ -e $1 ]] ;;
        *.so.*) [[ $(ldconfig -p) == *"$1 "* ]] ;;
        *) command -v "$1" >/dev/null ;;
    esac
}

# Installs the packages whose probe is absent.
need() { # PROBE:PACKAGE…
    local pair packages=()
    for pair; do
        present "${pair%:*}" || packages+=("${pair##*:}")
    done
    ((${#packages[@]})) || return 0
    command -v apt-get >/dev/null ||
        die "missing, to be installed by hand since there is no apt-get here: ${packages[*]}"
    say "installing ${packages[*]} (apt)"
    local log
    log=$(mktemp)
    if ! apt_install "${packages[@]}" >"$log" 2>&1; then
        # Lists that are absent or name versions the mirror no longer has.
        { as_root apt-get -qq update && apt_install "${packages[@]}"; } >"$log" 2>&1 || {
            tail -n 15 "$log" >&2
            rm -f "$log"
            die "could not install ${packages[*]}"
        }
    fi
    rm -f "$log"
    hash -r
}

apt_install() { # PACKAGE…
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 install "$@" </dev/null
}

# Under sudo, files of the checkout stay its owner's.
as_owner() {
    if ((EUID == 0)) && [[ -n ${SUDO_UID:-} && $(stat -c %u "$root") == "$SUDO_UID" ]]; then
        runuser -u "$SUDO_USER" -- env HOME="$(getent passwd "$SUDO_UID" | cut -d: -f6)" "$@"
    else
        "$@"
    fi
}

# What root leaves in target/ goes back to the checkout's owner.
give_back() {
    if ((EUID == 0)) && [[ -n ${SUDO_UID:-} && $(stat -c %u "$root") == "$SUDO_UID" ]]; then
        chown -R "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" "$root/target"
    fi
}

maven() { # ARG…
    # Maven's own libraries use Unsafe, about which JDK 25 would warn on every run.
    # A job in the background of a script ignores Ctrl-C, and so would what the tests start and interrupt.
    as_owner env --default-signal=INT,HUP,QUIT JAVA_HOME="$jdk" \
        MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow ${MAVEN_OPTS:-}" \
        bash -c 'cd -- "$0" && exec mvn -B -ntp -Dstyle.color=never "$@"' "$root" "$@"
}

# stdout belongs to the command that follows: output is shown only if it says why this failed.
quietly() { # COMMAND…
    local output
    output=$("$@" 2>&1) || {
        printf '%s\n' "$output" >&2
        return 1
    }
}

stale() {
    [[ ! -e $stamp || -n $(find "$root/src/main" "$root/pom.xml" "$root/.mvn" -newer "$stamp" -print -quit) ]]
}

# Compiles if a source is newer than the last build; two at a time wait for each other.
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
