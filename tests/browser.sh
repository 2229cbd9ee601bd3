#!/bin/sh
# What some tests need of Debian: Chromium for the browser, strace to see every connection. Where they cannot be installed
# those tests are skipped, saying so.
set -u
missing=""
command -v chromium >/dev/null 2>&1 || missing="chromium"
command -v strace >/dev/null 2>&1 || missing="$missing strace"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "Not here, and no way to install it:$missing. Tests that need it will be skipped." >&2
  exit 0
fi
echo "Installing for the tests: $missing ..." >&2
# shellcheck disable=SC2086 # the names of packages, one a word
apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
