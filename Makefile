# `make` lists what there is. Everything works in a fresh clone: tools/setup installs what is missing.

export RESPECT_PYTHON ?= $(CURDIR)/.venv/bin/python
export RESPECT_SHARED ?= $(abspath ../shared)
export PYTHONDONTWRITEBYTECODE := 1

MODEL := test-data/models/residual.tflite
RESPECT := target/release/respect

.PHONY: help build demo test test-plain lint test-field bench clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

build: ## Build the tool and the plugin: target/release/respect, target/release/librespect_passes.so
	@tools/setup build
	cargo build --release --workspace

demo: build ## Cut an example model into four stages, and compare the schedulers on it
	$(RESPECT) compile $(MODEL) --stages 4 -o target/demo --force
	$(RESPECT) compare $(MODEL) --stages 2,4,6

test: lint ## Check the style, and run every test that needs nothing from outside
	@tools/setup test
	cargo build --workspace
	cargo test --workspace
	.venv/bin/lit lit
	$(MAKE) test-plain

test-plain: ## Build the tool without MLIR, and see it cut a model
	@tools/setup plain
	cargo run --no-default-features --target-dir target/plain -- compile $(MODEL) --stages 4 -o target/plain/stages --force
	cargo run --no-default-features --target-dir target/plain -- verify target/plain/stages

lint: ## Check format and lints
	@tools/setup build
	cargo fmt --check
	cargo clippy --workspace --all-targets --features field -- -D warnings
	cargo clippy --no-default-features -- -D warnings

test-field: ## Run the tests on the models and measurements in RESPECT_SHARED (../shared)
	@test -d "$(RESPECT_SHARED)" || { echo "no folder $(RESPECT_SHARED): set RESPECT_SHARED to where models/ and data/ are"; exit 1; }
	@tools/setup test
	cargo test --features field --test field

bench: ## Measure what the goals ask for, each figure beside its goal
	@tools/setup build
	cargo build --release --workspace
	cargo bench --bench goals

clean: ## Remove all that was built or installed here
	cargo clean
	rm -rf .venv
