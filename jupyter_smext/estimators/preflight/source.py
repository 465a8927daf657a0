"""The source directory: what would go up, and whether it may."""

from __future__ import annotations

from collections.abc import Iterator

from ...aws.errors import SmextError
from ..models import Finding
from ..notebook import SUFFIX, notebook_script
from ..packaging import is_packed, plan
from .context import Context, error, unknown, warning

LARGE_BYTES = 100 * 1024 * 1024


def check_source(context: Context) -> Iterator[Finding]:
    """Findings about the files that would be packed. Reads the folder; writes and sends nothing."""
    source = context.job.source_code
    if not source or is_packed(source):
        return
    path = f"{context.path}.source_code"
    if source.git:
        yield unknown("SourceInGit", f"{path}.git", "The source lies in git, and was not looked at.")
        return
    try:
        planned = plan(source, context.folder)
    except SmextError as failure:
        message = failure.envelope.message
        code = "EntryScriptMissing" if "entry script" in message else "SourceFileMissing"
        if "source directory" in message:
            code = "SourceDirectoryMissing"
        yield error(code, path, message, failure.envelope.hint)
        return
    for name, kind in planned.secrets.items():
        yield error(
            "SecretInSource",
            f"{path}.source_dir",
            f"{name} seems to hold {kind}.",
            "Leave it out with .sagemakerignore, or name it in allow_secrets.",
        )
    notebook = context.folder / source.source_dir / source.entry_script
    lines = notebook_script(notebook).left_out if source.entry_script.endswith(SUFFIX) else []
    if lines:
        yield warning(
            "NotebookMagic",
            f"{path}.entry_script",
            f"{len(lines)} lines of the notebook do not run in a job: {', '.join(lines[:3])}.",
            "Install packages with requirements.txt, and write the others in Python.",
        )
    if planned.size > LARGE_BYTES:
        largest = max(planned.files, key=lambda each: each.size)
        yield warning(
            "SourceLarge",
            f"{path}.ignore_patterns",
            f"{len(planned.files)} files, {planned.size / 1e6:.0f} MB, would go up with each change; "
            f"the largest is {largest.name}.",
            "Leave data out with .sagemakerignore, and hand it over as a channel.",
        )
