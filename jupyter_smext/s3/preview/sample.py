"""The beginning of an object, from which a preview is made."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """``name`` is the last part of the key in lower case; ``whole`` says whether ``data`` is all there is."""

    name: str
    data: bytes
    whole: bool


@dataclass(frozen=True)
class Text:
    """A sample as text. Where it is not whole, its last line may be cut off."""

    text: str
    encoding: str
    whole: bool

    def lines(self, most: int) -> list[str]:
        """Complete lines only, without their ends."""
        found = self.text.splitlines() if self.whole else self.text.splitlines()[:-1] or [self.text]
        return found[:most]
