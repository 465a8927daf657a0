"""Whether a command may write a new spec to the file that it was given."""

from __future__ import annotations

import sys
from pathlib import Path


def refusal(path: Path, *, force: bool) -> int:
    """The exit code where it may not, after saying why; 0 where it may."""
    from ..estimators.file import SUFFIX

    if not path.name.endswith(SUFFIX) or path.name == SUFFIX:
        print(f"The file's name must end in {SUFFIX}, or JupyterLab does not know it as a spec.", file=sys.stderr)
        return 2
    if path.exists() and not force:
        print(f"{path} exists: write over it with --force.", file=sys.stderr)
        return 1
    return 0
