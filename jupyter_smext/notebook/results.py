"""What a preflight and a price look like in a notebook: as text, and as HTML that stays readable in a saved file."""

from __future__ import annotations

from ..estimators.models import Finding, FindingLevel, PreflightResult, PriceEstimate
from . import snapshot

_WORDS = {FindingLevel.ERROR: "✗ error", FindingLevel.WARNING: "⚠ warning", FindingLevel.UNKNOWN: "? unknown"}


class Price(PriceEstimate):
    """A price estimate that a notebook can show."""

    def __repr__(self) -> str:
        return "\n".join(
            [self.total(), *(f"  {what}: {usd} ({as_of})" for what, usd, as_of in self._rows()), *self.notes]
        )

    def _repr_html_(self) -> str:
        parts = [snapshot.table("Parts of the price", ("Part", "At most", "Price of"), self._rows())]
        return snapshot.card("Price", self.total(), [*parts, *(snapshot.paragraph(each) for each in self.notes)])

    def _rows(self) -> list[tuple[str, str, str]]:
        return [
            (line.what, "no price" if line.usd is None else f"{line.usd:.2f} USD", line.as_of or "")
            for line in self.lines
        ]

    def total(self) -> str:
        """The sum in one sentence."""
        if self.usd_at_most is None:
            return f"No price is known for this in {self.region} (table of {self.table_date})."
        about = "about " if self.about else ""
        return f"At most {about}{self.usd_at_most:.2f} USD in {self.region} (table of {self.table_date})."


class Preflight(PreflightResult):
    """Findings that a notebook can show. True where none of them is an error: what is unknown is no pass."""

    @property
    def errors(self) -> list[Finding]:
        return [each for each in self.findings if each.level is FindingLevel.ERROR]

    def __bool__(self) -> bool:
        return not self.errors

    def __repr__(self) -> str:
        lines = [f"{level} {code} {path}: {message} {fix}".rstrip() for level, code, path, message, fix in self._rows()]
        price = [Price.model_validate(self.price.model_dump()).total()] if self.price else []
        return "\n".join([self._title(), *lines, *price])

    def _repr_html_(self) -> str:
        columns = ("Level", "Finding", "Where", "What", "What to do")
        parts = [snapshot.table("Findings", columns, self._rows())] if self.findings else []
        if self.price:
            parts.append(snapshot.paragraph(Price.model_validate(self.price.model_dump()).total()))
        return snapshot.card("Preflight", self._title(), parts)

    def _rows(self) -> list[tuple[str, str, str, str, str]]:
        return [(_WORDS[each.level], each.code, each.path, each.message, each.fix or "") for each in self.findings]

    def _title(self) -> str:
        counts = [(sum(each.level is level for each in self.findings), level.value) for level in FindingLevel]
        return (
            ", ".join(f"{count} {level}" for count, level in counts if count) or "nothing found that would make it fail"
        )
