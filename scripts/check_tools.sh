#!/usr/bin/env bash
# One clear line for each thing that is missing on this machine; exit code 1 where there is one.
set -uo pipefail
missing=0
fail() { echo "$1" >&2; missing=1; }

python=$("$(dirname "$0")/find_python.sh") || missing=1

if ! command -v node > /dev/null; then
  fail "Node.js is missing: install Node.js 20 or later."
else
  node_version=$(node --version 2> /dev/null)
  major=${node_version#v}; major=${major%%.*}
  [[ "$major" =~ ^[0-9]+$ && "$major" -ge 20 ]] || fail "Node.js ${node_version:-of unknown version} is too old: install Node.js 20 or later."
fi

# The set-up takes about 1.5 GB in the checkout.
free_kb=$(df -Pk . | awk 'NR==2 {print $4}')
if [[ "$free_kb" =~ ^[0-9]+$ && ! -d node_modules && "$free_kb" -lt 2500000 ]]; then
  fail "Only $((free_kb / 1024)) MB of disk are free here: the set-up needs 2.5 GB."
fi
exit "$missing"
