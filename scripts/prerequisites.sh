#!/bin/sh
# Stops with one sentence where something is missing that the build cannot install by itself.
set -eu

need() {
  command -v "$1" >/dev/null 2>&1 || { echo "$1 is missing: $2" >&2; exit 1; }
}

need git "install it with the system's package manager (apt-get install git)"
need cc "install a C compiler with the system's package manager (apt-get install build-essential)"
need rustup "install Rust from https://rustup.rs and open a new shell"
need cargo "run: rustup toolchain install stable"
need node "install Node.js 20 or later from https://nodejs.org"
need npm "install npm, which comes with Node.js 20 or later from https://nodejs.org"

major=$(node --version | sed 's/^v\([0-9]*\).*/\1/')
[ "$major" -ge 20 ] || { echo "Node.js $(node --version) is too old: install version 20 or later from https://nodejs.org" >&2; exit 1; }
