"""Which kind of front end shows what this kernel displays, as far as its environment tells."""

from __future__ import annotations

import os
from enum import Enum
from functools import cache
from importlib.util import find_spec


class FrontEnd(Enum):
    PANEL = "a Jupyter server, whose JupyterLab or Notebook can have the panel: widgets live there"
    CORE = "VS Code or Colab: the widgets of ipywidgets itself work, ours do not"
    STATIC = "nothing that is known to run widgets, such as nbclient, or a kernel without ipywidgets"


def front_end() -> FrontEnd:
    """Answered from variables that a Jupyter server (``JPY_SESSION_NAME``), VS Code and Colab give to their kernels."""
    if not has_ipywidgets():
        return FrontEnd.STATIC
    if any(name in os.environ for name in ("VSCODE_PID", "VSCODE_CWD", "COLAB_RELEASE_TAG")):
        return FrontEnd.CORE
    return FrontEnd.PANEL if "JPY_SESSION_NAME" in os.environ else FrontEnd.STATIC


@cache
def has_ipywidgets() -> bool:
    """Whether this kernel can have live widgets."""
    return find_spec("ipywidgets") is not None
