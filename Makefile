# make run    install what is missing, build, start the inspector with a sample call to look at
# make test   install what is missing, build, run every test
# CONTRIBUTING.md tells the others.

BUILD_PACKAGES = cmake ninja-build g++ erlang-base erlang-dev rebar3 libboost-dev \
                 libboost-program-options-dev nlohmann-json3-dev libssl-dev zlib1g-dev \
                 libzstd-dev libpcap-dev libsqlite3-dev
TEST_PACKAGES = libgtest-dev clang lld clang-format clang-tidy libclang-rt-14-dev erlang-eunit \
                erlang-common-test erlang-dialyzer erlang-tools python3 python3-pytest libbenchmark-dev \
                kamailio sip-tester openssl iproute2 nftables logrotate rsyslog librabbitmq-dev rabbitmq-server \
                python3-pika python3-venv prometheus tshark sngrep chromium $(if $(shell command -v node),,nodejs) \
                $(if $(shell command -v npm),,npm)

PROGRAM = $(CURDIR)/build/release/call_inspector
SOURCES = $(shell git ls-files 'c_src/*.cpp' 'c_src/*.h' 'tests/*.cpp' 'tests/*.h')
SUDO = $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: run build kazoo-app test check format layout lint analyze bench fuzz mutate soak pictures clean build-packages test-packages

run: build
	@priv/sample/run.sh $(PROGRAM) $(CURDIR)/build/run

# rebar3 calls CMake: the OTP application and the program come out of one build.
build: build-packages
	@rebar3 compile

# build/kazoo-app/call_inspector, to be copied into Kazoo: docs/kazoo.md.
kazoo-app: build
	@erl/kazoo/app.sh

# Installs those of the packages $(1) that are missing. Services that some of them bring along are
# not started: nobody asked for them, and the tests start their own. The policy that says so goes
# away again however this ends.
define install
	@missing=$$(for p in $(1); do dpkg-query -W -f '$${Status}' $$p 2>/dev/null | \
	    grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
	    echo "installing" $$missing; \
	    policy=/usr/sbin/policy-rc.d; \
	    if [ ! -e $$policy ]; then \
	        trap "$(SUDO) rm -f $$policy" EXIT; \
	        trap 'exit 130' INT TERM HUP; \
	        printf '#!/bin/sh\nexit 101\n' | $(SUDO) install -m 755 /dev/stdin $$policy; \
	    fi; \
	    $(SUDO) apt-get update -qq && \
	    $(SUDO) env DEBIAN_FRONTEND=noninteractive \
	        apt-get install -qq -y --no-install-recommends $$missing >/dev/null; \
	fi
endef

build-packages:
	$(call install,$(BUILD_PACKAGES))
test-packages: build/web/node_modules/.package-lock.json
	$(call install,$(BUILD_PACKAGES) $(TEST_PACKAGES))

# What drives the browser in tests: from npm, as tests/web/package-lock.json has it. Without a network the tests of the
# pages are left out, and say so.
build/web/node_modules/.package-lock.json: tests/web/package-lock.json
	$(call install,$(TEST_PACKAGES))
	@mkdir -p build/web && cp tests/web/package.json tests/web/package-lock.json build/web/
	@cd build/web && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error || echo "no tests of the pages" >&2

test: test-packages build
	@tests/run_all.sh

# What is quick: before every commit.
check: test-packages
	@cmake --preset debug >/dev/null && cmake --build --preset debug
	@$(MAKE) --no-print-directory layout
	@ctest --preset debug -LE 'system|fuzz'

layout: test-packages
	@clang-format --dry-run -Werror $(SOURCES)

# clang-tidy, three minutes: after new code, and before a release.
lint: layout
	@cmake --preset debug >/dev/null
	@run-clang-tidy -quiet -p build/debug '/c_src/|/ci_[a-z_]*[.]dir/Unity/' >build/tidy.log 2>&1 || { cat build/tidy.log; exit 1; }

# The static analyzer, which looks along paths: a quarter of an hour.
analyze: test-packages
	@cmake --preset debug >/dev/null
	@run-clang-tidy -quiet -checks='-*,clang-analyzer-*' -p build/debug '/c_src/|/ci_[a-z_]*[.]dir/Unity/'

format:
	@clang-format -i $(SOURCES)

# Google Benchmark, then the load runs: a quarter of an hour, on a machine that does nothing else.
bench: test-packages
	@cmake --preset bench >/dev/null && cmake --build --preset bench
	@for b in build/release/tests/bench/bench_*; do [ -x $$b ] && [ -f $$b ] && $$b; done
	@tests/bench/load/questions.py
	@tests/bench/load/run.py

# Each target for SECONDS seconds (default 60).
fuzz: test-packages
	@cmake --preset fuzz >/dev/null && cmake --build --preset fuzz
	@for t in build/fuzz/tests/fuzz/fuzz_*; do [ -f $$t ] && [ -x $$t ] || continue; \
	    mkdir -p build/corpus/$$(basename $$t) && \
	    $$t -max_total_time=$(or $(SECONDS),60) build/corpus/$$(basename $$t) \
	        tests/fuzz/corpus/$$(basename $$t | sed s/fuzz_//) || exit 1; done

# Removes each rule of ROOMS (default: of all) in turn: some test must notice. Some 750
# rules, for each of which a source is compiled and a test program runs.
mutate: test-packages
	@tests/mutate/mutate.py $(ROOMS)

# Kills the inspector KILLS times (default 200) while it stores, and looks for what is missing.
soak: test-packages
	@cmake --preset debug >/dev/null && cmake --build --preset debug --target call_inspector
	@KILLS=$(or $(KILLS),200) CALL_INSPECTOR_PROGRAM=build/debug/call_inspector \
	    pytest-3 -q -p no:cacheprovider tests/system/test_store_kill.py

# The pictures of the pages in docs/images, taken in a real browser.
pictures: test-packages build
	@mkdir -p docs/images
	@CALL_INSPECTOR_IMAGES=$(CURDIR)/docs/images CALL_INSPECTOR_PROGRAM=$(PROGRAM) \
	    pytest-3 -q -p no:cacheprovider tests/system/test_web_pages.py -k pictures

clean:
	rm -rf build _build priv/call_inspector
