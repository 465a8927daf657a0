"""How much JavaScript the panel costs a page load, and how much comes later on demand.

Reads the production build and follows what the remote entry loads at start. Writes benchmarks/bundle_size.md.
Run: .venv/bin/python benchmarks/bundle_size.py
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "jupyter_smext" / "labextension" / "static"


def main() -> None:
    if not STATIC.exists():
        sys.exit("There is no build: run `make setup` first.")
    if list(STATIC.glob("*.map")):
        sys.exit("This is a development build: run `jlpm build:prod` first.")
    package = json.loads((STATIC.parent / "package.json").read_text("utf-8"))
    entry = Path(package["jupyterlab"]["_build"]["load"]).name
    sizes = {path.name: (path.stat().st_size, len(gzip.compress(path.read_bytes(), 9))) for path in STATIC.glob("*.js")}
    # JupyterLab fetches the modules ./index (or ./extension) and ./style at start; the entry names their chunks.
    text = (STATIC / entry).read_text("utf-8")
    exposed = re.findall(r'"\./(?:index|extension|style)":\(\)=>(.*?)\.then', text)
    numbers = {number for each in exposed for number in re.findall(r"\.e\((\d+)\)", each)}
    if not numbers:
        sys.exit("The entry of the build has another form than this script knows.")
    first = [name for name in sizes if name == entry or name.split(".")[0] in numbers]
    lines = [
        "# Bundle size",
        "",
        "`python benchmarks/bundle_size.py` on the production build; bytes, gzip level 9.",
        "",
        "| chunk | bytes | gzip | when |",
        "|---|---|---|---|",
    ]
    for name, (raw, packed) in sorted(sizes.items(), key=lambda item: -item[1][1]):
        lines.append(f"| {name} | {raw:,} | {packed:,} | {'page load' if name in first else 'on demand'} |")
    eager = sum(sizes[name][1] for name in first)
    lines += ["", f"Page load: {eager:,} bytes gzip. All together: {sum(p for _, p in sizes.values()):,} bytes gzip."]
    result = "\n".join(lines) + "\n"
    (Path(__file__).parent / "bundle_size.md").write_text(result, "utf-8")
    print(result)


if __name__ == "__main__":
    main()
