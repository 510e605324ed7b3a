#!/bin/sh
# Says what a release is made of, as CycloneDX; `make sbom` calls it with the folder for the files.
set -eu
cd "$(dirname "$0")/.."
out=$1
mkdir -p "$out"

# crates NAME FEATURE TARGET: the crates in a build. It is nobody's business where the checkout was.
crates() {
  cargo cyclonedx --quiet --format json --spec-version 1.5 --no-build-deps --features "$2" --target "$3" \
    --override-filename "$1.cdx"
  sed "s|path+file://$PWD|path+file:///music-analytics|g" "$1.cdx.json" >"$out/$1.cdx.json"
  rm "$1.cdx.json"
}
crates server ssr x86_64-unknown-linux-gnu
crates browser hydrate wasm32-unknown-unknown
npm sbom --sbom-format cyclonedx --sbom-type application --package-lock-only >"$out/npm.cdx.json"
echo "$out: server.cdx.json browser.cdx.json npm.cdx.json"
