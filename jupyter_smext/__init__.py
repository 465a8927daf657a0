"""Amazon SageMaker inside JupyterLab.

For a notebook: ``import jupyter_smext as sm``. The names of `_NOTEBOOK` are loaded when they are first used: importing
this module costs nothing, and the Jupyter server, which only looks for the extension points below, never pays for them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

try:
    from ._version import __version__
except ImportError:  # a source tree that was never built has no version file
    __version__ = "0+unbuilt"

# The face of the package in a notebook: each name, and the module that has it.
_NOTEBOOK: dict[str, str] = {
    "EndpointTester": "jupyter_smext.notebook.widgets.endpoint_tester",
    "EstimatorForm": "jupyter_smext.notebook.widgets.estimator_form",
    "Job": "jupyter_smext.notebook.job",
    "JobMonitor": "jupyter_smext.notebook.widgets.job_monitor",
    "JobTable": "jupyter_smext.notebook.widgets.job_table",
    "PriceTag": "jupyter_smext.notebook.widgets.price_tag",
    "RoleCheck": "jupyter_smext.notebook.widgets.role_check",
    "S3Picker": "jupyter_smext.notebook.widgets.s3_picker",
    "Spec": "jupyter_smext.notebook.spec",
    "TuningJob": "jupyter_smext.notebook.tuning_job",
    "attach": "jupyter_smext.notebook.attach",
    "capture": "jupyter_smext.notebook.sdk.capture",
    "launch": "jupyter_smext.notebook.actions",
    "monitor_launches": "jupyter_smext.notebook.launches",
    "preflight": "jupyter_smext.notebook.actions",
    "price": "jupyter_smext.notebook.actions",
}

__all__ = ["__version__", *_NOTEBOOK]


def __getattr__(name: str) -> Any:
    if name not in _NOTEBOOK:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_NOTEBOOK[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_NOTEBOOK])


def load_ipython_extension(shell: InteractiveShell) -> None:
    """``%load_ext jupyter_smext``: the magics, and help below the traceback of an AWS error."""
    from .notebook.extension import load

    load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    from .notebook.extension import unload

    unload(shell)


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "jupyter-smext"}]


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from .server.app import SmextApp

    return [{"module": "jupyter_smext", "app": SmextApp}]
