"""Import at the first use without making everybody else of this server wait."""

from __future__ import annotations

import asyncio
import importlib

_imported: set[str] = set()


async def import_aside(module: str) -> None:
    """Import a module on a thread, unless that has been done: boto3 takes a second or two on a small instance."""
    if module not in _imported:
        await asyncio.to_thread(importlib.import_module, module)
        _imported.add(module)
