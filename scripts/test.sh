#!/usr/bin/env bash
# Every check and every test; `make test` calls it with the tools on PATH. One line a suite, the
# whole output of a suite only where it fails, and "N passed, N failed" at the end. A check counts
# as one test, a suite of tests as the tests in it.
set -uo pipefail
cd "$(dirname "$0")/.."

readonly BUNDLE_LIMIT=450000 # bytes of WASM and JavaScript, compressed with brotli
output=$(mktemp)
trap 'rm -f "$output"' EXIT
passed=0 failed=0

# suite NAME COMMAND...: runs it and reports. Numbers such as "12 passed" and "1 failed" in the
# output are counted; a command that has none counts as one test.
suite() {
  local name=$1 start=$SECONDS good bad verdict
  shift
  [ -t 1 ] && printf '%s ...\r' "$name"
  if "$@" >"$output" 2>&1; then verdict=passed; else verdict=FAILED; fi
  good=$(count passed) bad=$(count failed)
  if [ "$verdict" = passed ]; then
    [ "$good" -gt 0 ] || good=1
  else
    [ "$bad" -gt 0 ] || bad=1
    cat "$output"
  fi
  passed=$((passed + good)) failed=$((failed + bad))
  echo "$name: $verdict in $((SECONDS - start)) s$(remark)"
}

# Adds up the lines "test result: ok. 12 passed; 0 failed; ..." and Playwright's "  12 passed (3s)".
count() {
  grep -E '^test result:|^ +[0-9]+ (passed|failed)' "$output" | grep -oE "[0-9]+ $1" | awk '{ n += $1 } END { print n + 0 }'
}

# What a suite wants to have read even when it passes: its line that begins with "figure: ".
remark() {
  sed -n 's/^figure: \(.*\)/ (\1)/p' "$output" | head -n 1
}

clippy() {
  cargo clippy --quiet --release "$@" -- -D warnings
}

documentation() {
  RUSTDOCFLAGS="-D warnings" cargo doc --quiet --release --no-deps --features ssr
}

# What was not checked is to be read, too.
dependencies() {
  scripts/audit.sh 2>&1 | sed 's/^Advisories/figure: advisories/'
}

# The tests whose database is of the engine that TEST_DATABASE names. Backups and full disks are about files.
on_postgres() {
  TEST_DATABASE=postgres cargo test --quiet --release --no-fail-fast --features ssr --test it -- story:: http:: accounts:: sync:: \
    chaos:: --skip backup:: --skip full::
}

bundle_size() {
  local bytes
  bytes=$(cat dist/pkg/*.wasm.br dist/pkg/*.js.br | wc -c)
  echo "figure: $((bytes / 1000)) kB of at most $((BUNDLE_LIMIT / 1000)) kB"
  [ "$bytes" -gt 0 ] && [ "$bytes" -lt "$BUNDLE_LIMIT" ]
}

# Debian's Chromium, or whatever browser of that family is there already.
browser() {
  local name sudo=""
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" >/dev/null && return
  done
  [ "$(id -u)" = 0 ] || sudo="sudo -n"
  if command -v apt-get >/dev/null && $sudo true 2>/dev/null; then
    $sudo apt-get update -q && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -qy --no-install-recommends chromium
  else
    echo "The browser tests need Chromium: install it with the system's package manager (apt-get install chromium)."
    return 1
  fi
}

echo "Running all checks and tests: about 35 minutes the first time, then about 20"
suite "formatting" cargo fmt --check
suite "lints, engine only" clippy --all-targets
suite "lints, server" clippy --all-targets --features ssr
suite "lints, browser" clippy --target wasm32-unknown-unknown --features hydrate
suite "documentation" documentation
suite "third-party licences" node scripts/licenses.mjs --check
suite "dependencies" dependencies
suite "unit and integration tests" cargo test --quiet --release --no-fail-fast --features ssr -- --skip load::
suite "load" cargo test --quiet --release --features ssr --test it load:: -- --test-threads=1
suite "the same on PostgreSQL" on_postgres
suite "release build" make build
suite "bundle size" bundle_size
suite "browser" browser
suite "browser tests" npm test --silent
suite "lighthouse" node scripts/lighthouse.mjs
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
