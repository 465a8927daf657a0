#!/usr/bin/env bash
# Make sure that a program is there: install Debian's package (second argument, else the program's own name) where we
# may, else say what is missing.
set -uo pipefail
program="$1" package="${2:-$1}"
command -v "$program" > /dev/null && exit 0
if [[ "$(id -u)" == 0 ]] && command -v apt-get > /dev/null; then
  echo "Installing Debian's $package"
  { apt-get update -qq && apt-get install -y -qq "$package"; } > /dev/null 2>&1
  command -v "$program" > /dev/null && exit 0
fi
echo "$program is missing: the tests need it. Install $package with the system's package manager." >&2
exit 1
