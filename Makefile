# The two main commands are `make vm-test` and `make test`. `make help` lists the rest.
TARGET ?=
SOURCE ?=

drydock := .build/release/drydock
sources := Package.swift $(shell find Sources -type f)

# A pipeline fails if any part of it fails.
SHELL := bash
.SHELLFLAGS := -o pipefail -c

.DEFAULT_GOAL := help
.PHONY: help vm-test test check format bench setup clean

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

vm-test: setup $(drydock) ## build base and patched kernels, boot both, say what the patches changed [TARGET=] [SOURCE=]
	@$(drydock) test $(TARGET) $(if $(SOURCE),--source $(SOURCE))

# All tests at once would open more than 1,024 files. libguestfs's select(2) cannot handle that.
test: setup ## run drydock's own tests, including those that boot guests
	@swift build --build-tests --quiet --explicit-target-dependency-import-check error
	@LIBVIRT_LOG_OUTPUTS=4:file:/dev/null swift test --skip-build --disable-xctest \
	    --experimental-maximum-parallelization-width 8 2>&1 | setup/failures

check: setup ## check a change before you commit it: format, warnings, stage order
	@swift format lint --strict --recursive Package.swift Sources Tests
	@swift build --build-tests --quiet --explicit-target-dependency-import-check error
	@for script in setup/install setup/qemu setup/bench* setup/el5-table setup/failures; do sh -n $$script || exit; done

format: ## format the Swift sources in place
	@swift format --in-place --recursive Package.swift Sources Tests

bench: setup $(drydock) ## measure the figures of the README [TARGET=] [SOURCE=] [COLD=1]; more: docs/bench.md
	@TARGET=$(TARGET) SOURCE=$(SOURCE) SEEDS=$(SEEDS) KILLS=$(KILLS) BUSY=$(BUSY) RUNS=$(RUNS) \
	    $(if $(CORPUS),setup/bench-console $(drydock) $(CORPUS),$(if $(TREES),setup/el5-table $(drydock) $(TREES),setup/bench$(if $(SEEDS),-seeds,$(if $(KILLS),-kills,$(if $(BUSY),-busy))) $(drydock)))

setup: ## install missing Debian packages; if QEMU is older than 10, put a newer one into the cache
	@setup/install
	@setup/qemu

clean: ## remove what was built here; keep the cache of kernels
	@rm -rf .build

$(drydock): $(sources) | setup
	@echo "building drydock"
	@swift build -c release --product drydock --quiet
	@touch $@
