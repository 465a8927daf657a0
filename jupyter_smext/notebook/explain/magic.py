"""``%sm_explain``: the switch of the help below tracebacks."""

from __future__ import annotations

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_magic, magics_class


@magics_class
class ExplainMagics(Magics):
    @line_magic
    def sm_explain(self, line: str) -> None:
        """Switch the help below the traceback of an AWS error on or off.

        ``%sm_explain on``, ``%sm_explain off``; without a word it says which of the two holds.
        """
        from .hook import disable, enable, is_enabled

        assert self.shell is not None
        switch = line.strip()
        if switch == "on":
            enable(self.shell)
        elif switch == "off":
            disable(self.shell)
        elif switch:
            raise UsageError("%sm_explain takes on or off.")
        else:
            print(f"Help below tracebacks is {'on' if is_enabled(self.shell) else 'off'}.")
