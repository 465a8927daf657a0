"""Why a space has the panel or has it not: reads the log of its last start and says it in words.

https://docs.aws.amazon.com/sagemaker/latest/dg/jl-lcc-debug.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from ...aws.errors import ErrorCode, from_aws
from ...aws.session import AwsSession
from . import inventory
from .models import Diagnosis, DoctorReport, Severity
from .targets import Target, read

LOG_GROUP = "/aws/sagemaker/studio"

_MOST_LINES = 200
# A start is over after five minutes at most; what was written longer before the last line belongs to an earlier one.
_START_SECONDS = 600


@dataclass(frozen=True)
class _Sign:
    level: Severity
    code: str
    pattern: re.Pattern[str]
    message: str
    fix: str | None = None


def _sign(level: Severity, code: str, pattern: str, message: str, fix: str | None = None) -> _Sign:
    return _Sign(level, code, re.compile(pattern), message, fix)


# The first that fits a line explains it. The script's own lines begin with `jupyter-smext VERSION:`.
_SIGNS = (
    _sign(
        Severity.ERROR, "CrLf", r"\^M|\\r: command not found|\$'\\r'|bad interpreter",
        "The script has line ends of Windows, and bash cannot run it: the space does not start with it.",
        "Make the configuration anew with `jupyter smext lifecycle install`; do not edit the script on Windows.",
    ),
    _sign(
        Severity.ERROR, "NoSpace", r"No space left on device|Errno 28|Disk quota exceeded",
        "The disk was full.", "Free space in the home folder, or give the space a larger volume. It starts meanwhile.",
    ),
    _sign(
        Severity.ERROR, "S3Denied", r"jupyter-smext.*(AccessDenied|Access Denied|Forbidden|\(403\))",
        "The space's execution role may not read the wheels in S3.",
        "Allow the role s3:GetObject on the prefix that `lifecycle status` shows as the source.",
    ),
    _sign(
        Severity.ERROR, "WheelsGone", r"jupyter-smext.*(NoSuchKey|NoSuchBucket|Not Found)",
        "The wheels are no longer in S3.", "Upload them again: `jupyter smext lifecycle upgrade`.",
    ),
    _sign(
        Severity.ERROR, "S3TooSlow", r"jupyter-smext.*(gave up after|[Tt]imeout|timed out|too slow|Could not connect)",
        "S3 (or the package index) did not answer in time.",
        "In a domain without internet access, the subnets need an S3 gateway endpoint.",
    ),
    _sign(
        Severity.ERROR, "WrongHash", r"jupyter-smext.*SHA-256",
        "A wheel is not the one that was uploaded.", "Build and upload anew: `jupyter smext lifecycle upgrade`.",
    ),
    _sign(
        Severity.WARNING, "Skipped", r"jupyter-smext [^:]*: skipped:",
        "The image or the place cannot take the panel; the line says why.",
        "Choose an image of SageMaker Distribution with JupyterLab 4.4 or later (2.6, 3.1, 4.0 and later).",
    ),
    _sign(
        Severity.ERROR, "NotInstalled", r"jupyter-smext [^:]*: not installed",
        "The panel was not installed; JupyterLab started without it.",
    ),
    _sign(Severity.INFO, "Installed", r"jupyter-smext [^:]*: installed", "The panel was installed at this start."),
    _sign(
        Severity.INFO, "AlreadyInstalled", r"jupyter-smext [^:]*: already installed", "The panel was there already."
    ),
)  # fmt: skip


def doctor(session: AwsSession, domain_id: str, space_name: str) -> DoctorReport:
    """What the last start of a space tells.

    Permissions: `sagemaker:DescribeSpace`, `sagemaker:ListApps`, `logs:GetLogEvents` on the log group of Studio.
    Raises `NotFound` for an unknown space, `AccessDenied` where the log may not be read.
    """
    read(session, Target("space", domain_id, space_name))
    app = inventory.apps(session, domain_id).get(space_name)
    described = _describe(session, app) if app else {}
    stream = f"{domain_id}/{space_name}/JupyterLab/default/LifecycleConfigOnStart"
    events = _events(session, stream)
    lines = [str(each["message"]).rstrip("\n") for each in events]
    diagnoses = [each for line in lines if (each := explain(line)) is not None]
    reason = described.get("FailureReason")
    if reason and re.search("[Ll]ifecycle", reason):
        fix = "Read the log below: its last lines are what failed. Detach the configuration to let the space start."
        diagnoses.append(Diagnosis(level=Severity.ERROR, code="ScriptFailed", message=reason, fix=fix))
    if not events:
        message = (
            "No lifecycle configuration has written a line for this space: none ran, or it never started with one."
        )
        fix = "`jupyter smext lifecycle status` shows what its next start would run; stop and start the space."
        diagnoses.append(Diagnosis(level=Severity.UNKNOWN, code="NoLog", message=message, fix=fix))
    elif not diagnoses:
        message = "No line of the last start is one of this extension: another configuration ran."
        fix = "Install with --built-in to run besides it."
        diagnoses.append(Diagnosis(level=Severity.WARNING, code="NotOurs", message=message, fix=fix))
    return DoctorReport(
        domain_id=domain_id,
        space_name=space_name,
        app_status=app["Status"] if app else None,
        failure_reason=reason,
        log_group=LOG_GROUP,
        log_stream=stream,
        log_lines=lines,
        started=datetime.fromtimestamp(events[0]["timestamp"] / 1000, timezone.utc) if events else None,
        diagnoses=diagnoses,
    )


def explain(line: str) -> Diagnosis | None:
    """What one line of the log means; None for a line that tells nothing."""
    for sign in _SIGNS:
        if sign.pattern.search(line):
            return Diagnosis(level=sign.level, code=sign.code, message=sign.message, fix=sign.fix, line=line)
    return None


def _events(session: AwsSession, stream: str) -> list[dict[str, Any]]:
    try:
        events = session.client("logs").get_log_events(
            logGroupName=LOG_GROUP, logStreamName=stream, limit=_MOST_LINES, startFromHead=False
        )["events"]
    except Exception as error:
        mapped = from_aws(error, resource=LOG_GROUP)
        if mapped.code is ErrorCode.NOT_FOUND:
            return []
        raise mapped from error
    last = events[-1]["timestamp"] if events else 0
    return [each for each in events if last - each["timestamp"] <= _START_SECONDS * 1000]


def _describe(session: AwsSession, app: dict[str, str]) -> dict[str, str]:
    try:
        described: dict[str, str] = session.client("sagemaker").describe_app(
            DomainId=app["DomainId"], SpaceName=app["SpaceName"], AppType=app["AppType"], AppName=app["AppName"]
        )
    except Exception as error:
        raise from_aws(error) from error
    return described
