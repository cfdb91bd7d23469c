# Sourced by build, client and image in the root of the checkout: gathers the Java runtime, the jars
# and the libraries in $dist. $jdk is a JDK 25.

here=src/main/dist
version=$(sed -n 's/^version=//p' target/classes/jig.properties)
# Modification time of all files: the launcher compares that of the jars and the AOT cache.
time='2026-01-01 00:00:00 UTC'

say() { printf '%s: %s\n' "$0" "$*" >&2; }

die() {
    say "$*"
    exit 1
}

# Runs a command and prints its output only if it fails.
logged() {
    "$@" >"$log" 2>&1 || {
        tail -n 15 "$log" >&2
        die "failed: $1"
    }
}

make_runtime() { # MODULES
    logged "$jdk/bin/jlink" --add-modules "$1" --strip-java-debug-attributes \
        --no-header-files --no-man-pages --compress zip-6 --output "$dist/runtime"
}

# Compiles picocli: AOT caches leave out the class file version of the published jar.
compile_picocli() { # JAR
    local work=target/picocli
    rm -rf "$work"
    mkdir -p "$work"
    unpack_picocli "$work"
    logged "$jdk/bin/javac" --release 25 -proc:none -nowarn -d "$work/classes" "$work"/picocli/*.java
    "$jdk/bin/jar" --create --file "$1" --date "$(date -u -d "$time" +%FT%TZ)" -C "$work/classes" .
}

unpack_picocli() { # FOLDER
    local sources
    sources=$(readlink -f target/sources/picocli-*-sources.jar)
    (cd -- "$1" && "$jdk/bin/jar" --extract --file "$sources" picocli)
}

# Copies the jars to the folder $jars. Its name is a hash of the jars and the runtime, so that a
# tarball unpacked over another does not mix jars with the other's AOT cache.
gather_jars() {
    local jar all=$dist/lib/jars
    mkdir -p "$all"
    cp "target/jig-$version.jar" "$all"
    for jar in target/lib/*.jar; do
        case $jar in
            */picocli-*) compile_picocli "$all/${jar##*/}" ;;
            *) cp "$jar" "$all" ;;
        esac
    done
    jars=$dist/lib/$(cat "$all"/*.jar "$dist/runtime/release" | sha256sum | cut -c 1-12)
    mv "$all" "$jars"
}

# Copies libbpf and the libraries it needs, without glibc, and the licence of each package.
gather_libraries() {
    local library real package
    mkdir -p "$dist/native" "$dist/licenses"
    while read -r library; do
        real=$(readlink -f "$library")
        cp "$real" "$dist/native/${library##*/}"
        package=$(dpkg -S "*/${real##*/}" | sed -n '1s/:.*//p')
        cp "/usr/share/doc/$package/copyright" "$dist/licenses/$package"
        # shellcheck disable=SC2016 # for dpkg-query
        dpkg-query -W -f '${source:Package} ${source:Version}\n' "$package" >>"$dist/licenses/sources"
    done < <(libraries)
    [[ -e $dist/native/libbpf.so.1 ]] || die "no libbpf.so.1 was gathered"
    chmod 644 "$dist"/native/*
}

# Prints the paths of libbpf and the libraries it needs, without libc. The readers of the pipes read
# to the end: otherwise SIGPIPE would end the writer, and with pipefail this script.
libraries() {
    local libbpf
    libbpf=$(ldconfig -p | awk -v machine="$(uname -m)" '
        $1 == "libbpf.so.1" && (machine == "x86_64") == /x86-64/ && !found++ { print $NF }')
    [[ $libbpf ]] || die "no libbpf.so.1 on this machine"
    printf '%s\n' "$libbpf"
    ldd "$libbpf" | awk '$2 == "=>" && $1 !~ /^libc\./ { print $3 }'
}

same_time() { find "$dist" -exec touch -h -d "$time" {} +; }
