"""What ``%load_ext jupyter_smext`` adds to a kernel."""

from __future__ import annotations

from IPython.core.interactiveshell import InteractiveShell

from . import explain


def load(shell: InteractiveShell) -> None:
    """Add the magics and the help below tracebacks; once more changes nothing."""
    explain.enable(shell)


def unload(shell: InteractiveShell) -> None:
    """Take all of it away again."""
    explain.disable(shell)
