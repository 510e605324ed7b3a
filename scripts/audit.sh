#!/bin/sh
# Checks the dependencies by deny.toml; `make audit` calls it. Advisories are checked where their database can
# be fetched, and it is said where it cannot.
set -eu
cd "$(dirname "$0")/.."

cargo deny check --hide-inclusion-graph licenses bans sources
if cargo deny --log-level error fetch db >/dev/null 2>&1; then
  cargo deny check advisories
else
  echo "Advisories were not checked: their database cannot be fetched from here."
fi
