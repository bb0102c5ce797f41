#!/usr/bin/env bash
# Makes a folder with all that it takes to check and measure Kiln on a Linux machine with a GPU: a
# Java of its own, the jars, the natives for linux-x86_64, gpu-check.sh. Nothing is needed there but
# the GPU's driver; PyTorch is measured beside if it is there.
#
#   bench/bundle.sh DIR [--golden DIR]
#
#   --golden DIR   reference files of PyTorch to take along, for kiln check
#   JAVA_HOME      the JDK that becomes the Java of the bundle, 17 or newer; else the one on the PATH
set -euo pipefail

LIMIT_MIB=55
MODULES=java.base,java.logging,java.management,jdk.incubator.vector,jdk.unsupported,jdk.zipfs

die() { printf 'bundle.sh: %s\n' "$*" >&2; exit 1; }

bench=$(cd -- "$(dirname -- "$(readlink -f -- "$0")")" && pwd)
root=${bench%/*}
[ $# -ge 1 ] || die 'usage: bench/bundle.sh DIR [--golden DIR]'
mkdir -p "$1"
bundle=$(cd -- "$1" && pwd)
golden=
[ "${2:-}" = --golden ] && golden=$(cd -- "${3:?--golden wants a folder}" && pwd)
[ -z "$(ls -A "$bundle")" ] || die "$bundle is not empty."
jdk=${JAVA_HOME:-$(dirname -- "$(dirname -- "$(readlink -f -- "$(command -v javac)")")")}
[ -d "$jdk/jmods" ] || die "$jdk is no JDK with jmods; set JAVA_HOME."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# ---- The jars: built apart, without the other engines, whatever is built here

(cd "$root" && git ls-files -z --cached --others --exclude-standard | tar -c --null -T -) | tar -x -C "$work"
(cd "$work" && mvn -q -B -DskipTests -pl bench,examples -am package)
version=$(sed -n 's:.*<assertj.version>\(.*\)</assertj.version>.*:\1:p' "$work/pom.xml")
(cd "$work" && mvn -q -B dependency:copy -pl core -Dartifact="org.assertj:assertj-core:$version")

mkdir -p "$bundle/lib" "$bundle/cases"
cp "$work"/core/target/lib/assertj-core-*.jar "$bundle/cases/"
cp "$work"/bench/target/kiln-bench-*.jar "$bundle/lib/"
for jar in "$work"/bench/target/lib/{kiln-,jocl-,jcuda-[0-9],jmh-core-,jopt-simple-,commons-math3-,picocli-,gson-}*.jar; do
  cp "$jar" "$bundle/lib/"
done
# The command without what its demos train on, which is most of it.
examples=$(find "$work/examples/target" -maxdepth 1 -name 'kiln-examples-*.jar' ! -name '*-tests.jar')
mkdir "$work/examples-jar"
(cd "$work/examples-jar" && "$jdk/bin/jar" xf "$examples" && find . -name '*.gz' -delete &&
  "$jdk/bin/jar" cfm "$bundle/lib/$(basename "$examples")" META-INF/MANIFEST.MF dev)
cp "$work"/core/target/kiln-core-*-tests.jar "$bundle/cases/"

# Of JCuda's natives only the driver's: the PTX compiler alone is twenty times as large.
natives=$(echo "$work"/bench/target/lib/jcuda-natives-*-linux-x86_64.jar)
mkdir "$work/natives"
(cd "$work/natives" && "$jdk/bin/jar" xf "$natives" && find lib -type f ! -name 'libJCudaDriver-*' -delete &&
  "$jdk/bin/jar" cMf "$bundle/lib/$(basename "$natives")" lib META-INF)

# ---- The Java

"$jdk/bin/jlink" --add-modules $MODULES --strip-java-debug-attributes --compress=2 --no-header-files \
  --no-man-pages --output "$bundle/java"
find "$bundle/java" -name '*.so' -exec strip --strip-unneeded {} + 2> /dev/null || true # smaller, if strip is here

# ---- The scripts

cp "$bench"/gpu/{gpu-check.sh,torch_bench.py,kiln,benchmarks} "$bundle/"
cp "$root"/{LICENSE,NOTICE} "$bundle/"
git -C "$root" describe --always --dirty > "$bundle/VERSION" 2> /dev/null || echo unknown > "$bundle/VERSION"
[ -z "$golden" ] || tar -c -C "$golden" . | gzip -9 > "$bundle/golden.tar.gz"

# ---- Whether it works

"$bundle/kiln" check --device cpu > "$work/check.log" 2>&1 || { tail "$work/check.log" >&2; die 'kiln check fails.'; }
(cd "$work" && "$bundle/benchmarks" Gemm -p engine=kiln-cpu -p work=sgemm-64 -wi 0 -i 1 -r 100ms \
  -foe true -rf json -rff smoke.json) > "$work/smoke.log" 2>&1 || { tail -n 30 "$work/smoke.log" >&2; die 'the benchmarks fail.'; }
grep -q '"sgemm-64"' "$work/smoke.json" || { tail -n 30 "$work/smoke.log" >&2; die 'the benchmarks measure nothing.'; }
size=$(du -sk --apparent-size "$bundle" | cut -f 1)
printf 'bundle.sh: %s, %d.%d MiB\n' "$bundle" $((size / 1024)) $((size % 1024 * 10 / 1024))
[ "$size" -le $((LIMIT_MIB * 1024)) ] || die "that is more than $LIMIT_MIB MiB."
