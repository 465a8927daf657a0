"""After each cell: did it end with an error of AWS? Then the help for it is shown."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionResult, InteractiveShell

logger = logging.getLogger(__name__)


def enable(shell: InteractiveShell) -> None:
    """Show help below tracebacks from the next cell on, and offer ``%sm_explain``; once more changes nothing."""
    from .magic import ExplainMagics

    disable(shell)
    shell.events.register("post_run_cell", _after_cell)
    shell.register_magics(ExplainMagics)


def disable(shell: InteractiveShell) -> None:
    """Show tracebacks only; ``%sm_explain on`` brings the help back."""
    if is_enabled(shell):
        shell.events.unregister("post_run_cell", _after_cell)


def is_enabled(shell: InteractiveShell) -> bool:
    return _after_cell in shell.events.callbacks["post_run_cell"]


def _after_cell(result: ExecutionResult | None) -> None:
    # IPython has already shown the traceback: what is displayed now stands below it.
    if result is None or result.error_in_exec is None:
        return
    try:
        _show(result.error_in_exec)
    except Exception:
        # A person looks for the mistake in their own cell; one of ours must not lie over it.
        logger.debug("No help could be made for %r", result.error_in_exec, exc_info=True)


def _show(error: BaseException) -> None:
    from .chain import failure_in

    failure = failure_in(error)
    if failure is None:
        return
    from .help import help_for
    from .output import show

    found = help_for(failure)
    if found is not None:
        show(found)
