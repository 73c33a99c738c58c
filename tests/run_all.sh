#!/bin/sh
# Every test there is, for `make test`, which has installed what is needed and built the program.
# Goes on after a failure, tells at the end, and exits with 1 if anything failed.
set -u
cd "$(dirname "$0")/.."
rm -rf build/failed
mkdir -p build/failed

# part NAME COMMAND...: runs one part and remembers whether it failed.
part() {
    name=$1
    shift
    echo "=== $name"
    started=$(date +%s)
    "$@" || touch build/failed/"$name"
    echo "=== $name: $(($(date +%s) - started)) s"
}

# build NAME [OPTION...]: configures and builds one of CMakePresets.json.
build() {
    cmake --preset "$1" >build/"$1".log 2>&1 || { cat build/"$1".log; return 1; }
    cmake --build --preset "$@"
}

# Erlang's side is tested with the program that would notice its own errors; afterwards the
# application has the one for users again.
erlang() {
    CALL_INSPECTOR_PROGRAM=$PWD/build/debug/call_inspector rebar3 as test do eunit, ct || return 1
    rebar3 do xref, dialyzer
}

part layout make --no-print-directory layout
part program build debug --target call_inspector
# Erlang's tests wait more than they compute, the compiler does not.
part erlang erlang >build/erlang.log 2>&1 &
part build build debug
part tsan-build build tsan
wait
cat build/erlang.log
part tsan ctest --preset tsan
part bench build bench
part tests ctest --preset debug

failed=$(ls build/failed)
if [ -n "$failed" ]; then
    echo "FAILED:" $failed
    exit 1
fi
