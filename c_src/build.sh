#!/bin/sh
# Puts the program where the OTP application looks for it: priv/call_inspector. rebar3 runs this
# before it compiles.
#
#   CALL_INSPECTOR_PROGRAM=FILE    take this one instead of building, for instance one built with
#                                  a sanitizer
set -eu
cd "$(dirname "$0")/.."

program=${CALL_INSPECTOR_PROGRAM:-}
if [ -z "$program" ]; then
    cmake --preset release
    cmake --build --preset release
    program=build/release/call_inspector
fi

# Unchanged: leave it, it may be running. Changed: replace the file, never write into it.
mkdir -p priv
if ! cmp -s "$program" priv/call_inspector; then
    cp "$program" "priv/call_inspector.$$"
    mv "priv/call_inspector.$$" priv/call_inspector
fi
