"""What ``%load_ext jupyter_smext`` adds to a kernel."""

from __future__ import annotations

from IPython.core.interactiveshell import InteractiveShell

from . import explain
from .magics import OPTIONS, SageMakerMagics, complete


def load(shell: InteractiveShell) -> None:
    """Add the magics and the help below tracebacks; once more changes nothing."""
    explain.enable(shell)
    shell.register_magics(SageMakerMagics)
    for magic in OPTIONS:
        shell.set_hook("complete_command", complete, str_key=magic)


def unload(shell: InteractiveShell) -> None:
    """Take all of it away again."""
    explain.disable(shell)
    for magic in OPTIONS:
        kind = "cell" if magic.startswith("%%") else "line"
        shell.magics_manager.magics[kind].pop(magic.lstrip("%"), None)
        shell.strdispatchers["complete_command"].strs.pop(magic, None)
