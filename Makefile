# `make` lists what there is. Everything works in a fresh clone: tools/setup installs what is missing.

export RESPECT_PYTHON ?= $(CURDIR)/.venv/bin/python
export RESPECT_TFLITE_PYTHON ?= $(CURDIR)/.venv-tflite/bin/python
export RESPECT_SHARED ?= $(abspath ../shared)
export PYTHONDONTWRITEBYTECODE := 1
# Where tools/setup train puts libtorch; another one's folder may be given, or LIBTORCH_USE_PYTORCH=1 for PyTorch's own.
ifndef LIBTORCH_USE_PYTORCH
export LIBTORCH ?= $(CURDIR)/.libtorch
endif

# Where `make install` installs; DESTDIR comes before it, for those who make packages.
PREFIX := /usr/local
DESTDIR :=

MODEL := test-data/models/residual.tflite
RESPECT := target/release/respect
# Training is built beside the rest, so that neither undoes the other's work.
TRAIN := -p respect-train -p respect-cli --no-default-features --features respect-cli/train --target-dir target/train
WEIGHTS := target/policy.safetensors

# HiGHS takes minutes to build: the one build, without MLIR, serves tests and measurements.
MILP := -p respect-cli --no-default-features --features milp

# More options of test-corpus, as --format json; tests/corpus/corpus.py --help lists them.
CORPUS :=

# What reads files, and how many seconds each is fuzzed.
FUZZ_TARGETS := flatbuffer graph_json log package weights mlir_attributes
FUZZ_SECONDS := 600
FUZZ := cargo fuzz run --sanitizer none --features mlir

# How many random functions test-execution tries, and the seed of the first.
FUNCTIONS := 500
SEED := 0

.PHONY: help build install demo test test-execution test-plain test-train lint test-field test-corpus test-milp fuzz bench bench-runner bench-tch bench-milp bench-imagenet train evaluate clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24

build: ## Build the tool and the plugin: target/release/respect, target/release/librespect_passes.so
	@tools/setup build
	cargo build --release

install: build ## Install programs, library, headers and packages for CMake and pkg-config below PREFIX (/usr/local), or DESTDIR/PREFIX
	@tools/setup install
	cmake -S passes -B target/install -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX=$(abspath $(PREFIX))
	cmake --build target/install
	DESTDIR=$(DESTDIR) cmake --install target/install

demo: build ## Cut an example model for four devices, and say what eight are worth to a large model and to a small one
	$(RESPECT) compile $(MODEL) --devices 4 -o target/demo --force
	$(RESPECT) plan test-data/imagenet/InceptionResNetV2.json -n 8 --quiet
	$(RESPECT) plan $(MODEL) -n 8 --quiet

test: lint ## Check the style, and run every test that needs nothing from outside
	@tools/setup test
	cargo build
	cargo test
	$(RESPECT_PYTHON) test-data/make_measured.py --check
	.venv/bin/lit lit
	$(MAKE) test-plain
	$(MAKE) test-train

test-execution: ## Execute FUNCTIONS (500) random functions whole, cut and put back, and compare: SEED=317 FUNCTIONS=1 is that one
	@tools/setup test
	cargo build
	RESPECT_FUNCTIONS=$(FUNCTIONS) RESPECT_SEED=$(SEED) cargo test -p respect-cli --test promises execution:: -- --nocapture

test-plain: ## Build the tool without MLIR, and see it cut a model
	@tools/setup plain
	cargo run -p respect-cli --bin respect --no-default-features --target-dir target/plain -- compile $(MODEL) --stages 4 -o target/plain/stages --force
	cargo run -p respect-cli --bin respect --no-default-features --target-dir target/plain -- verify target/plain/stages

test-train: ## Test the training, and that libtorch and plain Rust agree
	@tools/setup train
	cargo clippy $(TRAIN) --all-targets -- -D warnings
	cargo test $(TRAIN) --lib
	cargo test $(TRAIN) --test train

lint: ## Check format, lints, documentation and which modules use which
	@tools/setup build
	cargo fmt --check
	cargo run -p respect-architecture -- check
	RUSTDOCFLAGS='-D warnings' cargo doc --no-deps --features respect/report,respect/parquet
	cargo clippy --all-targets --features respect-cli/field -- -D warnings
	cargo clippy -p respect -- -D warnings
	cargo clippy -p respect-cli --no-default-features -- -D warnings

test-field: ## Run the tests on the models and measurements in RESPECT_SHARED (../shared)
	@test -d "$(RESPECT_SHARED)" || { echo "no folder $(RESPECT_SHARED): set RESPECT_SHARED to where models/ and data/ are"; exit 1; }
	@tools/setup test
	cargo test -p respect-cli --features field --test field

test-corpus: ## Take every .tflite file below DIR=folder through the tool and the interpreter: a table of what came of each
	@test -d "$(DIR)" || { echo "which folder of .tflite files? there is no folder '$(DIR)': make test-corpus DIR=folder"; exit 2; }
	@$(MAKE) build
	@tools/setup test
	.venv/bin/python tests/corpus/corpus.py "$(DIR)" --respect $(RESPECT) $(CORPUS)

test-milp: ## Check and test the scheduler that uses HiGHS, which is built from source
	@tools/setup milp
	cargo clippy --release $(MILP) --all-targets -- -D warnings
	cargo test --release $(MILP) --test milp

fuzz: export LD_LIBRARY_PATH := $(or $(MLIR_SYS_220_PREFIX),/usr/lib/llvm-22)/lib
fuzz: ## Fuzz all that reads files, FUZZ_SECONDS (600) each; inputs that break it go to fuzz/artifacts
	@tools/setup fuzz
	RESPECT_SEEDS=$(CURDIR)/fuzz/corpus cargo test -p respect -p respect-mlir --lib fuzz::
	for target in $(FUZZ_TARGETS); do \
		$(FUZZ) $$target -- -max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=1024 || exit 1; done

bench: ## Measure what the goals ask for, each figure beside its goal
	@tools/setup build
	cargo build --release
	cargo bench -p respect-cli --bench goals

bench-runner: build ## Measure the engine of run_pipeline.py over stages that sleep, each pipeline beside what the simulator says
	@tools/setup test
	.venv/bin/python tests/interpreter/sleeping_stages.py $(RESPECT) --real

bench-tch: ## Measure the policy beside the same network in tch, one thread each
	@tools/setup train
	cargo bench -p respect-cli --no-default-features --features train,jit --target-dir target/train --bench goals -- policy

bench-milp: ## Measure what HiGHS takes on the ImageNet graphs beside the schedulers: 10 minutes
	@tools/setup build
	@tools/setup milp
	cargo bench $(MILP),jit --bench goals -- milp

bench-imagenet: build ## Make the ten models of the RESPECT paper (TensorFlow), and set its three results beside ours: an hour
	@tools/setup models
	test-data/venv/bin/python test-data/make_imagenet.py --out target/imagenet --respect $(RESPECT)
	$(RESPECT) compare target/imagenet/*.tflite --stages 4,5,6
	$(RESPECT) compare target/imagenet/*.tflite --stages 4,5,6 --objective memory
	$(MAKE) bench-milp

train: ## Train the policy anew (an hour on 2 cores): target/policy.safetensors, with its log and learning curve
	@tools/setup train
	cargo run --release $(TRAIN) --bin respect -- train -o $(WEIGHTS) --resume

evaluate: build ## Hold the policy against simple orders, random ones and the best known
	$(RESPECT) evaluate test-data/imagenet/*.json
	$(RESPECT) evaluate test-data/wide/NASNetMobile.json
	$(RESPECT) evaluate test-data/wide/RetinaNet.json
	$(RESPECT) evaluate --sizes 30,50,100,300,1000 --count 8 --svg target/evaluation.svg

clean: ## Remove all that was built or installed here
	cargo clean
	rm -rf .venv .venv-tflite .libtorch test-data/venv
