#!/usr/bin/env bash
# Print the path of a Chromium: $CHROMIUM, an installed one, Playwright's, or Debian's package where we may install it.
set -uo pipefail
if [[ -n "${CHROMIUM:-}" ]]; then
  [[ -x "$CHROMIUM" ]] && { echo "$CHROMIUM"; exit 0; }
  echo "CHROMIUM=$CHROMIUM cannot be executed." >&2
  exit 1
fi
installed() {
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" 2> /dev/null && return 0
  done
  local mac="/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
  [[ -x "$mac" ]] && { echo "$mac"; return 0; }
  ls -d "$HOME"/.cache/ms-playwright/chromium-*/chrome-linux*/chrome \
    "$HOME"/Library/Caches/ms-playwright/chromium-*/chrome-mac*/Chromium.app/Contents/MacOS/Chromium 2> /dev/null \
    | tail -n 1 | grep . && return 0
  return 1
}
installed && exit 0
if [[ "$(id -u)" == 0 ]] && command -v apt-get > /dev/null; then
  echo "Installing Debian's chromium" >&2
  { apt-get update -qq && apt-get install -y -qq chromium; } > /dev/null 2>&1
  installed && exit 0
fi
echo "Asking Playwright for its Chromium" >&2
(cd "$(dirname "$0")/../ui-tests" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD= npx playwright install chromium) > /dev/null 2>&1
installed && exit 0
echo "No Chromium: the UI tests need one. Install Chromium or Chrome, or set CHROMIUM to its path." >&2
exit 1
