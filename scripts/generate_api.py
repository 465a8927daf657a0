"""Write ``src/api/openapi.json`` from the routes and their models.

``jlpm generate:api`` makes the TypeScript types from it. With ``--check`` nothing is written: exit code 1 and a line
that says what to do where the file is not what the models say.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from jupyter_smext.server.openapi import openapi

TARGET = Path(__file__).resolve().parent.parent / "src" / "api" / "openapi.json"


def main() -> int:
    document = openapi()
    document["info"]["version"] = "0"  # the package's version must not make the types drift
    text = json.dumps(document, indent=2, sort_keys=True) + "\n"
    if "--check" not in sys.argv[1:]:
        TARGET.write_text(text, "utf-8")
        return 0
    if TARGET.exists() and TARGET.read_text("utf-8") == text:
        return 0
    print("src/api/openapi.json differs from the models: run `make types` and commit the result.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
