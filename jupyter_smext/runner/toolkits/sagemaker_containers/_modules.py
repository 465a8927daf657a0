"""The user's module."""

from __future__ import annotations

import importlib
import types


def import_module(uri: str, name: str = "default_user_module_name") -> types.ModuleType:
    """Import the module ``name``; the code folder is on the search path already."""
    return importlib.import_module(name)
