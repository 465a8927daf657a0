"""Where something stands in a spec: ``("spec", "input_data_config", 0)``, in words ``spec.input_data_config[0]``."""

from __future__ import annotations

Path = tuple["str | int", ...]


def path_text(path: Path) -> str:
    """The path in words."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
