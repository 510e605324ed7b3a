#!/bin/sh
# The server of the browser tests: the release build with a fresh demo database that goes with it.
set -eu
program=${CARGO_TARGET_DIR:-target}/release/music-analytics
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT
export DATABASE_URL="sqlite://$data/demo.db"
"$program" demo
"$program" serve &
trap 'kill -TERM $!' TERM INT
wait $! || wait $!
