# Sourced by the tools beside it: finds Java, and builds the benchmarks first where that is needed.
#
#   $tool     set before: what the tool is called
#   $java     the java to use: JAVA_HOME's, else the one on the PATH
#   $bench    this folder
#   $jar      the benchmarks; their libraries are in its class path
# shellcheck shell=bash disable=SC2034,SC2154
set -u

say() { printf '%s: %s\n' "$tool" "$*" >&2; }
die() { say "$@"; exit 1; }

bench=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")" && pwd) || exit 1

if [ -n "${JAVA_HOME:-}" ]; then
  java=$JAVA_HOME/bin/java
else
  java=$(command -v java) || die 'there is no Java here. Install a JDK, 17 or newer.'
fi

jar=$(find "$bench/target" -maxdepth 1 -name 'kiln-bench-*.jar' -print -quit 2> /dev/null)
if [ -z "$jar" ] ||
  [ -n "$(cd "$bench/.." && find pom.xml {core,kernels,bench}/{pom.xml,src/main} bench/src/peers -type f -newer "$jar" -print -quit)" ]; then
  # once built with the other engines, always with them
  peers=$(find "$bench/target/lib" -name 'pytorch-engine-*.jar' -exec echo -Ppeers \; 2> /dev/null)
  say "building ${peers:+with the other engines }..."
  # shellcheck disable=SC2086  # one option or none
  (cd "$bench/.." && mvn -q -B -DskipTests $peers -pl bench -am package) >&2 || die 'the build failed.'
  jar=$(find "$bench/target" -maxdepth 1 -name 'kiln-bench-*.jar' -print -quit)
  touch "$jar" # Maven leaves a jar alone in which nothing changed
fi
