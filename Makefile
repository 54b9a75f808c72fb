# `make help` lists what there is. Everything does its own set-up: as root it installs what is missing, otherwise it
# says which command would.

FUZZ_SECONDS ?= 10
# A program that nobody loads from exports nothing, and its relative relocations are packed (glibc 2.36): 2 MB less.
RELEASE = swift build -c release --static-swift-stdlib -Xswiftc -use-ld=lld -Xlinker --no-export-dynamic \
  -Xlinker -z -Xlinker pack-relative-relocs -Xlinker -z -Xlinker now -Xlinker -z -Xlinker relro

.PHONY: help run build install uninstall deb test test-unit test-lab test-fuzz test-reproducible test-sanitizers \
  lint bench fuzz clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-16s %s\n", $$1, $$2}' Makefile

build: ## the release binary, .build/release/xmr-routed
	@Tests/setup
	$(RELEASE)

run: build ## the router in the foreground, with config/quickstart.toml
	@Tests/setup --run
	exec .build/release/xmr-routed run --config config/quickstart.toml

# Not built anew when it is there: `sudo make install` finds no Swift.
.build/release/xmr-routed:
	@$(MAKE) --no-print-directory build

install: .build/release/xmr-routed ## what `make build` built, below PREFIX (/usr/local); DESTDIR is honoured
	@packaging/install

uninstall: ## take away what `make install` installed
	@packaging/uninstall

deb: build ## the Debian package, in .build/deb
	@Tests/setup --deb
	@packaging/deb

test: ## unit tests, the lab among real tor and monerod (root), and a short run of each fuzzer
	@Tests/setup --test
	@Tests/all

test-unit: ## unit tests only
	@Tests/setup
	swift test

test-lab: build ## the lab only
	@Tests/setup --test
	Tests/Lab/run

test-fuzz: ## each fuzzer for FUZZ_SECONDS (10)
	@Tests/setup
	Tests/Fuzz/run $(FUZZ_SECONDS)

test-reproducible: build ## the package twice, built in two folders: the same bytes
	@Tests/setup --deb
	@Tests/reproducible

# Not XCTest, which has no test of ours: its own runner leaks, and the address sanitizer says so.
test-sanitizers: ## unit tests under the address and the thread sanitizer
	@Tests/setup
	swift test --disable-xctest --scratch-path .build-address --sanitize=address
	swift test --disable-xctest --scratch-path .build-thread --sanitize=thread

lint: ## format, and the rules of the house
	@Tests/lint

bench: build ## the router beside redsocks, microsocks and dante, its wallet gateway beside haproxy, nginx and privoxy, over Tor beside Tor alone
	@Tests/setup --bench
	Tests/Benchmarks/run

fuzz: ## each fuzzer for ten minutes (FUZZ_SECONDS=600)
	@Tests/setup
	Tests/Fuzz/run $(if $(filter command line environment,$(origin FUZZ_SECONDS)),$(FUZZ_SECONDS),600)

clean: ## forget every build
	rm -rf .build .build-* Tests/Fuzz/.build Tests/Benchmarks/.build
