#!/usr/bin/env bash
# Looks for inputs that break the readers of foreign data, for so many seconds, all targets at once;
# `make fuzz` calls it. One line a target, and the whole output where something is found. An input that
# was found goes to fuzz/seeds once it is mended: the unit tests take all of these, too.
set -uo pipefail
cd "$(dirname "$0")/.."

readonly seconds=${1:-60} targets="query provider import"
# Panics and broken promises are looked for. There is no unsafe code here for a sanitizer to watch.
fuzz() { cargo +nightly fuzz "$1" --sanitizer none "${@:2}"; }
export RUSTFLAGS=--cfg=erase_components

# The dependencies that ship.
[ fuzz/Cargo.lock -nt Cargo.lock ] || cp Cargo.lock fuzz/Cargo.lock
echo "Compiling the fuzz targets: about 10 minutes the first time"
log=$(fuzz build 2>&1) || { echo "$log" >&2; exit 1; }

# one TARGET: runs it and says what it did.
one() {
  local log=fuzz/corpus/$1.log
  mkdir -p "fuzz/corpus/$1"
  if fuzz run "$1" "fuzz/corpus/$1" "fuzz/seeds/$1" -- -max_total_time="$seconds" >"$log" 2>&1; then
    sed -nE "s/^#([0-9]+)\s+DONE +cov: ([0-9]+) ft: ([0-9]+) .*/$1: nothing found in \1 executions, \2 edges, \3 features/p" "$log"
  else
    cat "$log"
    echo "$1: FOUND something: see fuzz/artifacts/$1"
    return 1
  fi
}

echo "Fuzzing for $seconds s"
failed=0 pids=()
for target in $targets; do
  one "$target" &
  pids+=($!)
done
for pid in "${pids[@]}"; do
  wait "$pid" || failed=1
done
exit "$failed"
