#!/usr/bin/env bash
# Make sure that a program is there: install Debian's package of its name where we may, else say what is missing.
set -uo pipefail
command -v "$1" > /dev/null && exit 0
if [[ "$(id -u)" == 0 ]] && command -v apt-get > /dev/null; then
  echo "Installing Debian's $1"
  { apt-get update -qq && apt-get install -y -qq "$1"; } > /dev/null 2>&1
  command -v "$1" > /dev/null && exit 0
fi
echo "$1 is missing: the tests need it. Install it with the system's package manager." >&2
exit 1
