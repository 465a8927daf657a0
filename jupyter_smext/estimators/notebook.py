"""A notebook as the script of a job: its code cells in their order, as one Python file."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from ..aws.errors import ErrorCode, SmextError
from .models import SourceCode

SUFFIX = ".ipynb"

# What only a notebook's own kernel understands: magics, shell commands and help.
_NOT_PYTHON = ("%", "!", "?")


def program_name(entry_script: str) -> str:
    """The script that the job runs: the entry script, or what a notebook is converted to."""
    return entry_script.removesuffix(SUFFIX) + ".py" if entry_script.endswith(SUFFIX) else entry_script


def notebook_script(path: Path) -> str:
    """The Python of a notebook. Magics and shell commands become comments: in a job nothing understands them.

    Raises `InvalidRequest` for a file that is no notebook, or one of another language.
    """
    import nbformat

    try:
        notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]  # nbformat is not typed
        language = notebook.metadata.get("kernelspec", {}).get("language", "python")
        cells = [cell.source for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    except Exception as error:  # nbformat raises whatever its parsers do
        raise SmextError(ErrorCode.INVALID_REQUEST, f"{path} cannot be read as a notebook: {error}") from error
    if language != "python":
        raise SmextError(ErrorCode.INVALID_REQUEST, f"{path.name} is a notebook of {language}; jobs run Python.")
    head = f"# Made from {PurePosixPath(path.name)}: magics and shell commands are comments.\n"
    return head + "\n\n" + "\n\n\n".join(_plain(cell) for cell in cells) + "\n"


def left_out(path: Path) -> list[str]:
    """The lines of a notebook that its script has as comments."""
    lines = notebook_script(path).splitlines()[1:]
    return [line.lstrip("# ") for line in lines if line.startswith("# ") and line[2:].startswith(_NOT_PYTHON)]


def notebook_notes(source: SourceCode) -> list[str]:
    """What an exported program needs to be told: an SDK converts no notebook."""
    entry = source.entry_script
    command = f"`jupyter nbconvert --to script {entry}` makes {program_name(entry)}"
    return [f"the conversion of {entry}: {command}"] if entry.endswith(SUFFIX) else []


def _plain(cell: str) -> str:
    lines = cell.splitlines()
    if lines[0].startswith("%%"):
        return "\n".join(f"# {line}" for line in lines)
    plain = []
    for line in lines:
        code = line.lstrip()
        indent = line[: len(line) - len(code)]
        # An empty body would be a mistake, and a comment alone is one.
        replaced = f"# {code}" + (f"\n{indent}pass" if indent else "")
        plain.append(f"{indent}{replaced}" if code.startswith(_NOT_PYTHON) else line)
    return "\n".join(plain)
