"""Values of tables as they go to the screen: short, and nothing that JSON cannot carry."""

from __future__ import annotations

import json
import math
from typing import Any

from ..models import Cell

LONGEST = 1000


def cell(value: Any) -> Cell:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        # Beyond this a browser would round.
        return value if abs(value) < 2**53 else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return shortened(bytes(value[: LONGEST // 3]).hex(" "))
    if isinstance(value, (list, dict)):
        return shortened(json.dumps(value, default=str, ensure_ascii=False))
    return shortened(str(value))


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
