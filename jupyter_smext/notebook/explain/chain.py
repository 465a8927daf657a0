"""Which error of a chain is AWS's: told by the homes of its class and frames, so that nothing is imported for it."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType

_CLIENTS = {"botocore", "boto3", "aiobotocore", "s3transfer"}
_SDK_EXCEPTIONS = {"UnexpectedStatusException", "CapacityError", "FailedStatusError"}
"""How SDK v2, and SDK v3 in its two layers, say that a job or an endpoint failed."""
_FILE_SYSTEMS = {"s3fs"}
_OF_ARROW = {"pandas", "pyarrow"}
_ARROW_S3 = "pyarrow._s3fs"
"""The compiled module of PyArrow's own S3 client, which leaves no frame in a traceback."""


@dataclass(frozen=True)
class Failure:
    """An error of AWS in what a cell raised."""

    error: BaseException
    hidden: bool
    """Another error, of which it says nothing, came while it was handled, and ended the cell."""


def failure_in(error: BaseException) -> Failure | None:
    """The error of AWS in a chain, the outermost first; None where AWS has no part in it."""
    failures = [Failure(each, hidden) for each, hidden in _chain(error)]
    return next((each for each in failures if _is_of_aws(each.error)), None) or next(
        (each for each in failures if _is_of_file_system(each.error)), None
    )


def _chain(error: BaseException) -> Iterator[tuple[BaseException, bool]]:
    """The errors that Python's traceback shows, the last one raised first."""
    current: BaseException | None = error
    seen: set[int] = set()
    hidden = False
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current, hidden
        if current.__cause__ is not None:
            current = current.__cause__
        elif current.__suppress_context__:
            return
        else:
            outer, current = current, current.__context__
            # boto3 and others wrap an error without `from`, and quote it.
            hidden = hidden or (current is not None and str(current) not in str(outer))


def _is_of_aws(error: BaseException) -> bool:
    for each in type(error).__mro__:
        package = each.__module__.partition(".")[0]
        if package in _CLIENTS or (package == "sagemaker" and each.__name__ in _SDK_EXCEPTIONS):
            return True
        if package == "jupyter_smext" and each.__name__ == "SmextError":
            return True
    # PyArrow reads S3 without boto3, and raises no class of its own.
    if isinstance(error, OSError) and "AWS Error " in str(error):
        return True
    # Credentials that a program or a service delivers already expired: botocore has no class for it.
    return type(error) is RuntimeError and _packages(error)[-1:] in (["botocore"], ["aiobotocore"])


def _is_of_file_system(error: BaseException) -> bool:
    """s3fs and PyArrow raise what open() would raise; that it was about S3 is seen in the traceback only."""
    if not isinstance(error, OSError):
        return False
    return not _FILE_SYSTEMS.isdisjoint(_packages(error)) or any(
        type(value).__module__ == _ARROW_S3
        for frame, _ in traceback.walk_tb(error.__traceback__)
        if _package(frame) in _OF_ARROW
        for value in frame.f_locals.values()
    )


def _packages(error: BaseException) -> list[str]:
    """The package of each frame, the innermost last."""
    return [_package(frame) for frame, _ in traceback.walk_tb(error.__traceback__)]


def _package(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__")).partition(".")[0]
