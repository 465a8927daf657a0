"""Amazon SageMaker inside JupyterLab.

This module holds the extension points that Jupyter looks for, and nothing else: importing it costs nothing.
"""

from __future__ import annotations

from typing import Any

__all__ = ["__version__"]

try:
    from ._version import __version__
except ImportError:  # a source tree that was never built has no version file
    __version__ = "0+unbuilt"


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "jupyter-smext"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from .server.app import SmextApp

    return [{"module": "jupyter_smext", "app": SmextApp}]
