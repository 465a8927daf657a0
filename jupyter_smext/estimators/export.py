"""A spec as Python code: for SDK v2, SDK v3, or plain boto3. The code stands alone and runs as it is.

What a dialect cannot say is not dropped in silence: it is listed in ``notes`` and in comments at the head of the code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..aws.session import AwsSession
from .check import valid_spec
from .defaults import layers_of
from .export_boto3 import boto3_code
from .export_v2 import v2_code
from .export_v3 import v3_code
from .exported import Exported
from .models import ExportDialect, ExportResult, Spec
from .profile import profile_of
from .request import Place

_WRITERS: dict[ExportDialect, Callable[[Spec, Place], Exported]] = {
    ExportDialect.SDK_V2: v2_code,
    ExportDialect.SDK_V3: v3_code,
    ExportDialect.BOTO3: boto3_code,
}


def export(aws: AwsSession, data: Mapping[str, Any], dialect: ExportDialect, document: Path) -> ExportResult:
    """The code of a spec. Permission: `sts:GetCallerIdentity`, which cannot be denied.

    Raises `InvalidRequest` where the spec is not valid.
    """
    spec = valid_spec(data, profile_of(aws), layers_of(aws))
    return exported_code(spec, Place.of(aws.identity()), dialect, document.name)


def exported_code(spec: Spec, place: Place, dialect: ExportDialect, source: str) -> ExportResult:
    """The code of a valid spec; ``source`` is the name of its file, for the first line."""
    written = _WRITERS[dialect](spec, place)
    head = [f"# From {source}; needs {written.needs}."]
    head += [f"# Not said here: {note}" for note in written.notes]
    return ExportResult(code="\n".join(head) + "\n" + written.code, notes=written.notes)
