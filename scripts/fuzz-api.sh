#!/usr/bin/env bash
# Makes calls that the API's document allows and calls that it forbids, and holds the answers against the document;
# `make fuzz-api` calls it with the server, schemathesis and how many calls of each kind an operation gets. Server, port and
# demo data are its own; a URL behind these is that of an empty database for the data.
set -euo pipefail
server=$(realpath "$1") schemathesis=$(realpath --no-symlinks "$2")
readonly server schemathesis examples=$3 address=127.0.0.1:3119
here=$(realpath "$(dirname "$0")/../fuzz/api")
readonly here

work=$(mktemp -d) pid=
ended() {
  [ -z "$pid" ] || { kill "$pid" && wait "$pid"; } 2>/dev/null || true
  rm -rf "$work"
}
trap ended EXIT
trap 'exit 130' INT TERM
cd "$work"

# Nothing of the caller's settings: with credentials, it would be the real provider that is asked.
product=(env -i PATH="$PATH" DATABASE_URL="${4:-sqlite://$work/demo.db}" MUSIC_ANALYTICS_ADDR=$address RUST_LOG=error
  MUSIC_ANALYTICS_API_PER_MINUTE=0 "$server")
echo "Filling a database with the demo catalogue"
"${product[@]}" demo >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
"${product[@]}" user add fuzz@example.com --role analyst >/dev/null 2>&1
FUZZ_TOKEN=$("${product[@]}" token create fuzz@example.com --scope sync 2>/dev/null)
export FUZZ_TOKEN

"${product[@]}" serve 2>"$work/log" &
pid=$!
for _ in {1..100}; do
  kill -0 "$pid" 2>/dev/null || { cat "$work/log" >&2; exit 1; }
  (exec 3<>"/dev/tcp/${address/://}") 2>/dev/null && break
  sleep 0.1
done

# The provider's simulator makes its catalogue when it is first asked, which a debug build takes its time for.
"$(dirname "$schemathesis")/python" - "http://$address/api/v1/provider/artists?q=a" <<'END'
import os, sys, urllib.request

for _ in range(5):
    call = urllib.request.Request(sys.argv[1], headers={"Authorization": f"Bearer {os.environ['FUZZ_TOKEN']}"})
    try:
        urllib.request.urlopen(call).read()
        break
    except urllib.error.HTTPError:
        pass
END

status=0
PYTHONPATH=$here PYTHONDONTWRITEBYTECODE=1 SCHEMATHESIS_HOOKS=hooks \
  "$schemathesis" --config-file "$here/schemathesis.toml" run "http://$address/api/v1/openapi.json" \
  --header "Authorization: Bearer $FUZZ_TOKEN" --checks all --max-examples "$examples" --request-timeout 30 || status=$?
cat "$work/log" >&2
exit "$status"
