#!/bin/bash
# jupyter-smext @VERSION@: the Amazon SageMaker panel for JupyterLab spaces. Made by `jupyter smext lifecycle build`.
# A space that cannot take it starts without it: this script always ends with 0, and within @SECONDS@ seconds.
python=/opt/conda/bin/python3
[ -x "$python" ] || python=$(command -v python3)
if [ -z "$python" ]; then
  echo "jupyter-smext @VERSION@: skipped: there is no Python"
  exit 0
fi
timeout -k 5 @SECONDS@ "$python" -I - <<'END_OF_INSTALLER'
@INSTALLER@
END_OF_INSTALLER
case $? in
  10) timeout -k 5 20 restart-jupyter-server < /dev/null > /dev/null 2>&1 ;;
  124 | 137) echo "jupyter-smext @VERSION@: not installed: gave up after @SECONDS@ s" ;;
esac
exit 0
