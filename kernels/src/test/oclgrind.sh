#!/usr/bin/env bash
# Runs every kernel on small shapes under oclgrind, and fails on any data race, any access outside
# a buffer and any wrong result. Wants Debian's package oclgrind; what it wrote about each run lies
# in kernels/target/oclgrind. More flags for Maven may follow, such as -o.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../../.."
mvn -B -q -ntp -pl kernels -am test -Dtest=OclgrindCheck -Dsurefire.failIfNoSpecifiedTests=false \
  -Dkiln.require=oclgrind "$@"
echo 'oclgrind: no findings'
