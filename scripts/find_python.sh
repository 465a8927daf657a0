#!/usr/bin/env bash
# Print a Python >= 3.10: $PYTHON where it is set, else the first that fits. One clear line where there is none.
set -uo pipefail
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 10))' > /dev/null 2>&1; }

if [[ -n "${PYTHON:-}" ]]; then
  new_enough "$PYTHON" && { command -v "$PYTHON"; exit 0; }
  echo "PYTHON=$PYTHON is not a Python 3.10 or later." >&2
  exit 1
fi
found=""
for name in python3 python3.13 python3.12 python3.11 python3.10 python; do
  command -v "$name" > /dev/null || continue
  new_enough "$name" && { command -v "$name"; exit 0; }
  found=${found:-$("$name" --version 2>&1 | head -n 1)}
done
if [[ -n "$found" ]]; then
  echo "$found is too old: install Python 3.10 or later." >&2
else
  echo "Python is missing: install Python 3.10 or later." >&2
fi
exit 1
