#!/bin/sh
# Puts the app with the site's drawing into a Monster UI: its sources, to be built with it, or what is served.
#
# Usage: install.sh DIRECTORY     the directory of Monster UI's apps: src/apps, or /var/www/html/monster-ui/apps
set -eu

[ $# -eq 1 ] && [ -d "$1" ] || { sed -n 's/^# //p' "$0" >&2; exit 1; }
here=$(cd "$(dirname "$0")" && pwd)
app=$1/call_inspector

rm -rf "$app"
cp -R "$here/call_inspector" "$app"
cp "$here"/../www/ladder/*.js "$app/ladder/"
cp "$here/../www/ladder/ladder.css" "$app/style/"
echo "installed $app"
