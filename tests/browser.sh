#!/bin/sh
# Debian's Chromium for the browser tests, where it can be installed; those tests are skipped, saying so, where it cannot.
set -u
command -v chromium >/dev/null 2>&1 && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "No chromium here and no way to install it: browser tests will be skipped." >&2
  exit 0
fi
echo "Installing Chromium for the browser tests (about 100 MB) ..." >&2
apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
