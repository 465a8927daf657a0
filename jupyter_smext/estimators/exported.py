"""What a writer of code hands back."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Exported:
    """Code, the package that it needs, and what it could not say."""

    code: str
    needs: str
    notes: list[str] = field(default_factory=list)
