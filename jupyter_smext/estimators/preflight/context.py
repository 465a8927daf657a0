"""What every check of a preflight gets, and how it says what it found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ...aws.session import AwsSession
from ...prices.instances import PriceTable
from ..models import Finding, FindingLevel, JobSpec, Spec
from ..request import Place


@dataclass(frozen=True)
class Context:
    """One job of a spec that is valid, and the place where it would run."""

    aws: AwsSession
    spec: Spec
    job: JobSpec
    path: str  # where the job stands in the spec: `spec`, or `tuning.definitions[0].spec`
    place: Place
    folder: Path
    prices: PriceTable
    sample_log: str | None = None
    max_cost_usd: float | None = None


def error(code: str, path: str, message: str, fix: str | None = None) -> Finding:
    """The job would fail, or do something else than is meant."""
    return Finding(code=code, level=FindingLevel.ERROR, path=path, message=message, fix=fix, patch=None)


def warning(
    code: str, path: str, message: str, fix: str | None = None, patch: Mapping[str, object] | None = None
) -> Finding:
    """It may be meant, and mostly is not. ``patch`` is a value for the path that settles it."""
    return Finding(
        code=code, level=FindingLevel.WARNING, path=path, message=message, fix=fix, patch=dict(patch) if patch else None
    )


def unknown(code: str, path: str, message: str, fix: str | None = None) -> Finding:
    """It could not be looked at; this is no pass. ``fix`` says what would decide it."""
    return Finding(code=code, level=FindingLevel.UNKNOWN, path=path, message=message, fix=fix, patch=None)
