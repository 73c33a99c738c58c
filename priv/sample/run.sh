#!/bin/sh
# Starts the inspector on loopback, feeds it the sample call, shows it, and stays until Ctrl-C.
#
# Usage: run.sh PROGRAM DIRECTORY     calls go to DIRECTORY, which is emptied first
# Environment: HEP (default 127.0.0.1:9060), WEB (default 127.0.0.1:8070), CALL_INSPECTOR_SOCKET
set -eu

program=$1
directory=$2
hep=${HEP:-127.0.0.1:9060}
web=${WEB:-127.0.0.1:8070}
sample=$(dirname "$0")/two_observers.bin
call=kam2_hep3_skew-3.2s-call-1-14748@127.0.0.1

rm -rf "$directory"
mkdir -p "$directory"

"$program" run --root "$directory" --hep "$hep" --web "$web" &
inspector=$!
trap 'kill "$inspector" 2>/dev/null || true; wait "$inspector" || true; exit 0' INT TERM

# Waits, at most ten seconds, until a command succeeds.
until_true() {
    tries=0
    until "$@" >/dev/null 2>&1; do
        kill -0 "$inspector" 2>/dev/null || { wait "$inspector"; exit $?; }
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || { echo "run.sh: gave up waiting for: $*" >&2; exit 1; }
        sleep 0.1
    done
}
stored() { "$program" parser_stats "$hep" | grep -q "\"stored\":$1,"; }

until_true "$program" list_active_parsers
sent=$("$program" replay "$sample" --to "$hep")
count=${sent#sent }
until_true stored "${count%% *}"

cat <<END

A call that two proxies saw; the clock of one is 3.2 seconds slow. In the order in which it happened:

END
"$program" ladder "$call"
cat <<END

In a browser:  http://$web/

The inspector goes on until Ctrl-C. It takes HEP at udp $hep and stores in
$directory. In another terminal, try:

  $program list_active_parsers
  $program callid_details $call
  $program inspect_call_id $call
  $program parser_stats
  $program --help

and point a real sender at it: README.md tells how for Kamailio, FreeSWITCH and OpenSIPS.
END
wait "$inspector"
