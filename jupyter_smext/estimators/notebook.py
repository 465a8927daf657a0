"""A notebook, or cells of one, as the script of a job: code cells in their order, as one Python file."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from itertools import dropwhile
from pathlib import Path

from ..aws.errors import ErrorCode, SmextError
from .models import NotebookScript, SourceCode

SUFFIX = ".ipynb"

# What only a notebook's own kernel understands: magics, shell commands and help, also where their result gets a name.
_NOT_PYTHON = re.compile(r"[%!?]|[\w, ]+=\s*[%!]|[\w.]+\?{1,2}\s*$")

# Cell magics that run the Python below them; below others is another language, or text.
_AROUND_PYTHON = ("%%time", "%%capture", "%%prun")


def program_name(entry_script: str) -> str:
    """The script that the job runs: the entry script, or what a notebook is converted to."""
    return entry_script.removesuffix(SUFFIX) + ".py" if entry_script.endswith(SUFFIX) else entry_script


def notebook_script(path: Path) -> NotebookScript:
    """The Python of a notebook.

    Raises `InvalidRequest` for a file that is no notebook, or one of another language.
    """
    import nbformat

    try:
        notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]  # nbformat is not typed
        language = notebook.metadata.get("kernelspec", {}).get("language", "python")
        cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    except Exception as error:  # nbformat raises whatever its parsers do
        raise SmextError(ErrorCode.INVALID_REQUEST, f"{path} cannot be read as a notebook: {error}") from error
    if language != "python":
        raise SmextError(ErrorCode.INVALID_REQUEST, f"{path.name} is a notebook of {language}; jobs run Python.")
    return cells_script(cells, path.name)


def cells_script(cells: Iterable[str], origin: str) -> NotebookScript:
    """The Python of cells. Magics and shell commands become comments: in a job nothing understands them."""
    left_out: list[str] = []
    parts = [_plain(cell, left_out) for cell in cells if cell.strip()]
    head = f"# Made from {origin}: magics and shell commands are comments.\n"
    return NotebookScript(text=head + "\n\n" + "\n\n\n".join(parts) + "\n", left_out=left_out)


def notebook_notes(source: SourceCode) -> list[str]:
    """What an exported program needs to be told: an SDK converts no notebook."""
    entry = source.entry_script
    command = f"`jupyter nbconvert --to script {entry}` makes {program_name(entry)}"
    return [f"the conversion of {entry}: {command}"] if entry.endswith(SUFFIX) else []


def _plain(cell: str, left_out: list[str]) -> str:
    """A cell as Python; the lines that are comments in it are added to `left_out`."""
    lines = list(dropwhile(lambda line: not line.strip(), cell.rstrip().split("\n")))
    if lines[0].startswith("%%"):
        body = lines[1:] if lines[0].split()[0] in _AROUND_PYTHON else []
        comments = lines[: len(lines) - len(body)]
        left_out.extend(comments)
        return "\n".join([*(f"# {line}" for line in comments), *([_plain("\n".join(body), left_out)] if body else [])])
    if _is_python("\n".join(lines)):
        # A line of it that looks like a magic is part of a text or of a longer expression.
        return "\n".join(lines)
    plain, goes_on = [], False
    for line in lines:
        code = line.lstrip()
        if goes_on or _NOT_PYTHON.match(code):
            left_out.append(code)
            indent = line[: len(line) - len(code)]
            # A block that holds nothing but a comment would be a mistake.
            plain.append(f"{indent}pass  # {code}" if indent and not goes_on else f"# {code}")
            goes_on = code.endswith("\\")
        else:
            plain.append(line)
    return "\n".join(plain)


def _is_python(code: str) -> bool:
    try:
        ast.parse(code)
    except (SyntaxError, ValueError):
        return False
    return True
