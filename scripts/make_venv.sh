#!/usr/bin/env bash
# Make the virtual environment and put uv, the installer, into it.
set -euo pipefail
venv=$1
# A Python of the environment itself must not be found: it is about to be replaced.
PATH=${PATH//"$PWD/$venv/bin:"/}
python=$("$(dirname "$0")/find_python.sh")

[[ -x "$venv/bin/uv" ]] && "$venv/bin/python" -c '' 2> /dev/null && exit 0

if ! "$python" -c 'import ensurepip, venv' 2> /dev/null; then
  # Debian ships the module that fills a virtual environment in a package of its own.
  package="python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
  if [[ "$(id -u)" == 0 ]] && command -v apt-get > /dev/null; then
    echo "Installing $package"
    { apt-get update -qq && apt-get install -y -qq "$package"; } > /dev/null
  else
    echo "Python's venv module is incomplete: install it, on Debian with 'apt-get install $package'." >&2
    exit 1
  fi
fi
echo "Making the Python environment in $venv"
"$python" -m venv --clear "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check uv
