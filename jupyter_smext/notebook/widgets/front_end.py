"""Which kind of front end shows what this kernel displays, as far as its environment tells."""

from __future__ import annotations

import os
from enum import Enum


class FrontEnd(Enum):
    PANEL = "a Jupyter server, whose JupyterLab or Notebook can have the panel: widgets live there"
    CORE = "VS Code or Colab: the widgets of ipywidgets itself work, ours do not"
    STATIC = "nothing that is known to run widgets, such as nbclient"


def front_end() -> FrontEnd:
    """Answered from variables that a Jupyter server (``JPY_SESSION_NAME``), VS Code and Colab give to their kernels."""
    if any(name in os.environ for name in ("VSCODE_PID", "VSCODE_CWD", "COLAB_RELEASE_TAG")):
        return FrontEnd.CORE
    return FrontEnd.PANEL if "JPY_SESSION_NAME" in os.environ else FrontEnd.STATIC
