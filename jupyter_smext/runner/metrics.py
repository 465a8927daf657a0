"""The job's MetricDefinitions, applied to its log lines."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence


class MetricScanner:
    """Finds the values of metrics in log lines.

    The first group of a definition's Regex is the value (API_MetricDefinition). Raises ``re.error`` for a Regex that
    does not compile.
    """

    def __init__(self, definitions: Sequence[Mapping[str, str]]) -> None:
        self._patterns = [(definition["Name"], re.compile(definition["Regex"])) for definition in definitions]

    def scan(self, line: str) -> Iterator[tuple[str, float]]:
        """The name and value of each metric in ``line``."""
        # CloudWatch shows a tab as #011, and the regexes of AWS's own algorithms are written for that.
        forms = [line, line.replace("\t", "#011")] if "\t" in line else [line]
        for name, pattern in self._patterns:
            for form in forms:
                value = _value(pattern.search(form))
                if value is not None:
                    yield name, value
                    break


def _value(match: re.Match[str] | None) -> float | None:
    if match is None or not match.re.groups or match.group(1) is None:
        return None
    try:
        value = float(match.group(1))
    except ValueError:
        return None
    # CloudWatch takes no NaN and no infinity.
    return value if math.isfinite(value) else None
