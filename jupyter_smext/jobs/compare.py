"""What differs between two training jobs: settings, code, data, results.

The comparison is by meaning: `0.10` and `1e-1` are equal, and so are addresses that differ only in the job's own name.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from ..aws.errors import ErrorCode, SmextError, from_aws
from ..aws.session import AwsSession
from .describe import describe_job
from .models import CompareRequest, Difference, JobComparison, MetricComparison, TrainingJob
from .secrets import MASK
from .source_code import read_source_code

_MAX_DIFF_LINES = 200
# Of a channel so many objects are looked at; beyond that a comparison says that it does not know.
_MAX_OBJECTS = 10_000

Section = Mapping[str, Any]

# Where a job's settings stand in DescribeTrainingJob's answer, by the name that people read.
_SECTIONS: dict[str, Callable[[TrainingJob], Section]] = {
    "algorithm": lambda job: {**_without(_part(job, "AlgorithmSpecification"), "MetricDefinitions"),
                              "entry point": job.entry_point},
    "hyperparameters": lambda job: job.hyperparameters,
    "environment": lambda job: job.environment,
    "metric definitions": lambda job: job.metric_definitions,
    "channels": lambda job: {each["ChannelName"]: _without(each, "ChannelName")
                             for each in job.describe.get("InputDataConfig", [])},
    "instances": lambda job: _part(job, "ResourceConfig"),
    "limits": lambda job: {**_part(job, "StoppingCondition"), **_part(job, "RetryStrategy"),
                           "EnableManagedSpotTraining": job.enable_managed_spot_training},
    "checkpoints": lambda job: _part(job, "CheckpointConfig"),
    "output": lambda job: _part(job, "OutputDataConfig"),
    "network": lambda job: {**_part(job, "VpcConfig"),
                            "EnableNetworkIsolation": job.describe.get("EnableNetworkIsolation", False),
                            "EnableInterContainerTrafficEncryption":
                                job.describe.get("EnableInterContainerTrafficEncryption", False)},
    "debugger and profiler": lambda job: {name: job.describe.get(name) for name in (
        "DebugHookConfig", "DebugRuleConfigurations", "ProfilerConfig", "ProfilerRuleConfigurations",
        "TensorBoardOutputConfig")},
    "role": lambda job: {"RoleArn": job.role_arn},
}  # fmt: skip


def compare_jobs(session: AwsSession, request: CompareRequest) -> JobComparison:
    """Compare two jobs.

    Code is compared file by file. Data is compared by address, and where the address is the same by whether an object
    there is newer than the first of the two jobs; what was deleted since cannot be seen. What could not be read is
    listed as unknown with the reason.

    Permissions: those of :func:`~jupyter_smext.jobs.describe.describe_job`; `s3:GetObject` on the code and
    `s3:ListBucket` on the channels.
    """
    first, second = describe_job(session, request.first), describe_job(session, request.second)
    result = JobComparison(
        first=request.first,
        second=request.second,
        differences=[],
        equal=[],
        unknown={},
        metrics=_metrics(first, second),
    )
    for section, part in _SECTIONS.items():
        settings = _flat(first, part(first)), _flat(second, part(second))
        masked = [name for name, value in settings[0].items() if value == settings[1].get(name) == MASK]
        if masked:
            result.unknown[section] = f"{', '.join(masked)}: masked in both jobs, which may hide two values."
        _add(result, section, _different(section, *settings))
    for section, compare in {"source code": _code, "data": _data}.items():
        try:
            _add(result, section, compare(session, first, second))
        except SmextError as error:
            result.unknown[section] = str(error)
    return result


def _add(result: JobComparison, section: str, differences: list[Difference]) -> None:
    result.differences += differences
    if not differences and section not in result.unknown:
        result.equal.append(section)


def _part(job: TrainingJob, name: str) -> Section:
    part: Section = job.describe.get(name) or {}
    return part


def _without(part: Section, *names: str) -> Section:
    return {name: value for name, value in part.items() if name not in names}


def _flat(job: TrainingJob, part: Any, path: str = "") -> dict[str, str]:
    """Dotted path -> text, without what is empty, and with the job's own name as `<job>`."""
    if isinstance(part, Mapping):
        found: dict[str, str] = {}
        for name, value in part.items():
            found.update(_flat(job, value, f"{path}.{name}" if path else str(name)))
        return found
    if part is None or part == "" or part == []:
        return {}
    text = part if isinstance(part, str) else json.dumps(part, default=str)
    return {path: text.replace(job.training_job_name, "<job>")}


def _different(section: str, first: Mapping[str, str], second: Mapping[str, str]) -> list[Difference]:
    return [
        Difference(section=section, name=name, first=first.get(name), second=second.get(name))
        for name in sorted({*first, *second})
        if _meaning(first.get(name)) != _meaning(second.get(name))
    ]


def _meaning(text: str | None) -> Any:
    try:
        return json.loads(text or "null")
    except ValueError:
        return text


def _metrics(first: TrainingJob, second: TrainingJob) -> list[MetricComparison]:
    values = [{each.metric_name: each.value for each in job.final_metrics} for job in (first, second)]
    return [
        MetricComparison(metric_name=name, first=values[0].get(name), second=values[1].get(name))
        for name in sorted({*values[0], *values[1]})
    ]


def _code(session: AwsSession, first: TrainingJob, second: TrainingJob) -> list[Difference]:
    if first.source_dir is None and second.source_dir is None:
        return []
    files = [read_source_code(session, job) for job in (first, second)]
    return [
        Difference(
            section="source code",
            name=path,
            first=_size(files[0].get(path)),
            second=_size(files[1].get(path)),
            diff=_diff(path, files[0].get(path), files[1].get(path)),
        )
        for path in sorted({*files[0], *files[1]})
        if files[0].get(path) != files[1].get(path)
    ]


def _size(content: bytes | None) -> str | None:
    return None if content is None else f"{len(content)} bytes"


def _diff(path: str, first: bytes | None, second: bytes | None) -> str | None:
    """Null for what is no text; at most two hundred lines."""
    try:
        before, after = (first or b"").decode().splitlines(), (second or b"").decode().splitlines()
    except UnicodeDecodeError:
        return None
    lines = list(difflib.unified_diff(before, after, f"first/{path}", f"second/{path}", lineterm="", n=2))
    if len(lines) > _MAX_DIFF_LINES:
        lines = [*lines[:_MAX_DIFF_LINES], f"({len(lines) - _MAX_DIFF_LINES} more lines)"]
    return "\n".join(lines)


def _data(session: AwsSession, first: TrainingJob, second: TrainingJob) -> list[Difference]:
    """Channels with the same address whose objects changed between the two jobs; other addresses are settings."""
    earlier, later = sorted((first, second), key=lambda job: job.creation_time)
    addresses = [{each.channel_name: each.s3_uri for each in job.channels} for job in (first, second)]
    differences = []
    for name, uri in addresses[0].items():
        if uri and addresses[1].get(name) == uri:
            newer = _newer_objects(session, uri, earlier, later)
            if newer:
                differences.append(Difference(section="data", name=name, first=uri, second=f"{uri} ({newer})"))
    return differences


def _newer_objects(session: AwsSession, uri: str, earlier: TrainingJob, later: TrainingJob) -> str | None:
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    pages = session.client("s3").get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=prefix, PaginationConfig={"MaxItems": _MAX_OBJECTS + 1}
    )  # fmt: skip
    try:
        times = [each["LastModified"] for page in pages for each in page.get("Contents", [])]
    except ClientError as error:
        raise from_aws(error, resource=f"arn:aws:s3:::{bucket}") from error
    between = sum(earlier.creation_time < time <= later.creation_time for time in times)
    if between:
        return f"{between} objects changed between the two jobs"
    if len(times) > _MAX_OBJECTS:
        raise SmextError(ErrorCode.TOO_LARGE, f"There are more than {_MAX_OBJECTS:,} objects under {uri}.")
    if any(time > later.creation_time for time in times):
        # When an object was written before it was written again is not known any more.
        raise SmextError(ErrorCode.NOT_FOUND, f"Objects under {uri} were written again after both jobs.")
    return None
