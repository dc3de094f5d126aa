# Everything a person or CI does with this project. Each target installs what it needs (Debian) and
# skips what is done. The work itself is in scripts/.
.PHONY: build demo test check bench setup format clean help
.DEFAULT_GOAL := build

build: ## build the command: build/release/hourglass
	@scripts/setup build
	@scripts/build release

demo: ## install, build, then train and detect on the data shipped in data/
	@scripts/setup build demo
	@scripts/build release
	@scripts/demo

test: ## install, build, run every test
	@scripts/setup build test
	@scripts/test

check: ## warnings, format, clang-tidy, sanitizers, a few seconds of each fuzzer
	@scripts/setup build test check
	@scripts/check

bench: ## time training and scoring beside PyTorch, and the kernels by themselves
	@scripts/setup build bench
	@scripts/bench

setup: ## install everything for every target
	@scripts/setup build demo test check bench

format: ## rewrite the sources by .clang-format
	@scripts/setup check
	@scripts/format

clean: ## remove build/
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z]*\): ## /  make \1\t/p' Makefile | expand -t 16
