#!/bin/sh
# A server of the browser tests: the release build with a database of its own that goes with it, filled with
# the demo, or left as it is: ./server.sh demo|empty
set -eu
program=${CARGO_TARGET_DIR:-target}/release/music-analytics
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT
export DATABASE_URL="sqlite://$data/test.db"
[ "$1" = empty ] || "$program" demo
"$program" serve &
trap 'kill -TERM $!' TERM INT
wait $! || wait $!
