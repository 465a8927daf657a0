"""Why a training job failed: what the service says, what the script said last, and what an exit code means.

Each rule holds words that were seen to mean one thing. What no rule knows is told as it is (a traceback), or as
unknown with what would decide it; nothing is guessed to be fine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ..aws.errors import from_aws
from ..aws.session import AwsSession
from .describe import describe_job
from .exit_codes import exit_code_in, meaning_of
from .logs import read_tail
from .models import Autopsy, CauseKind, LoggedTraceback, LogLine, TrainingJob, TrainingJobStatus
from .tracebacks import find_tracebacks

_TAIL_LINES = 2000
_LAST_LINES = 30
_KILLED = 137
_FULL_PERCENT = 95.0


@dataclass(frozen=True)
class Rule:
    """Words that decide. ``title`` and ``suggestion`` may name the groups of the pattern."""

    pattern: re.Pattern[str]
    cause: CauseKind
    title: str
    suggestion: str


def _rule(pattern: str, cause: CauseKind, title: str, suggestion: str) -> Rule:
    return Rule(re.compile(pattern), cause, title, suggestion)


# What SageMaker itself writes into FailureReason. In the order in which they are tried.
_SERVICE_RULES = [
    _rule(
        r"CapacityError|InsufficientCapacity|[Uu]nable to provision requested ML compute capacity",
        CauseKind.CAPACITY,
        "AWS had no free instance of this type.",
        "Try again later, in another availability zone, or with another instance type.",
    ),
    _rule(
        r"ResourceLimitExceeded|account-level service limit",
        CauseKind.QUOTA,
        "The account may not run so many of these instances.",
        "Request a higher quota in Service Quotas, or use another instance type.",
    ),
    _rule(
        r"No S3 objects found under (?:the )?S3 URL \"(?P<uri>[^\"]+)\"",
        CauseKind.DATA,
        "There is no object under {uri}.",
        "Correct the address of the channel, or put the data there.",
    ),
    _rule(
        r"[Uu]nable to assume|could not assume the role|not authorized to perform: sts:AssumeRole",
        CauseKind.PERMISSION,
        "SageMaker may not take the execution role.",
        "The role's trust policy must allow sts:AssumeRole to sagemaker.amazonaws.com.",
    ),
    _rule(
        r"AccessDenied|Access Denied|not authorized to perform",
        CauseKind.PERMISSION,
        "The execution role was refused.",
        "Give the role the action on the resource that the message names.",
    ),
    _rule(
        r"CannotPull|[Cc]ould not pull|repository .*(?:does not exist|not found)|[Ii]mage .*not found",
        CauseKind.IMAGE,
        "The training image could not be pulled.",
        "Check the image's address, its region and the role's access to ECR.",
    ),
    _rule(
        r"CannotStartContainer|exec: \"?train\"?: executable file not found",
        CauseKind.IMAGE,
        "The training image has nothing that SageMaker can start.",
        "A training image needs a program `train` on its PATH, or a ContainerEntrypoint in the request.",
    ),
    _rule(
        r"No space left on device|[Ii]nsufficient disk",
        CauseKind.DISK,
        "The volume was full.",
        "Raise VolumeSizeInGB, or use FastFile mode for large channels.",
    ),
    _rule(
        r"Data download failed",
        CauseKind.DATA,
        "The data of a channel could not be downloaded.",
        "Check the channel's address and the role's access to it.",
    ),
    _rule(
        r"InternalServerError|[Ww]e encountered an internal error",
        CauseKind.SERVICE,
        "SageMaker failed, not the job.",
        "Start it again; RetryStrategy lets SageMaker do so by itself.",
    ),
]

# What an exception says, as "Type: message".
_EXCEPTION_RULES = [
    _rule(
        r"ModuleNotFoundError: No module named '(?P<module>[^'.]+)",
        CauseKind.REQUIREMENTS,
        "The module {module} is not there.",
        "Put its package into requirements.txt in the source directory, or the module itself beside the entry point.",
    ),
    _rule(
        r"CUDA out of memory|OutOfMemoryError: CUDA|CUDA_ERROR_OUT_OF_MEMORY|ResourceExhaustedError",
        CauseKind.GPU_MEMORY,
        "The memory of the GPU ran out.",
        "Lower the batch size, use mixed precision, or an instance with more GPU memory.",
    ),
    _rule(
        r"^MemoryError|_ArrayMemoryError|Cannot allocate memory",
        CauseKind.MEMORY,
        "The memory of the instance ran out.",
        "Load less at a time, or use an instance with more memory.",
    ),
    _rule(
        r"No space left on device",
        CauseKind.DISK,
        "The volume was full.",
        "Raise VolumeSizeInGB, or write to /opt/ml/output/data only what is needed.",
    ),
    _rule(
        r"AccessDenied|Access Denied|not authorized to perform",
        CauseKind.PERMISSION,
        "The execution role was refused while the script ran.",
        "Give the role the action on the resource that the message names.",
    ),
    _rule(
        r"ConnectTimeout|ConnectionError|Temporary failure in name resolution|Max retries exceeded",
        CauseKind.NETWORK,
        "The script could not reach a network address.",
        "In a VPC without NAT only addresses with a VPC endpoint can be reached; network isolation reaches none.",
    ),
]

# What the last lines of a log say without a traceback.
_LINE_RULES = [
    _rule(
        r"error: unrecognized arguments: (?P<arguments>.+)",
        CauseKind.ARGUMENTS,
        "The script does not know the arguments {arguments}.",
        "Hyperparameters arrive as `--name value` (one-letter names as `-n value`): add them to the parser.",
    ),
    _rule(
        r"error: the following arguments are required: (?P<arguments>.+)",
        CauseKind.ARGUMENTS,
        "The script needs the arguments {arguments}.",
        "Add them as hyperparameters, or give them a default in the script.",
    ),
    _rule(
        r"error: argument (?P<argument>\S+): (?P<complaint>.+)",
        CauseKind.ARGUMENTS,
        "The script refuses its argument {argument}: {complaint}.",
        "Hyperparameters arrive as text: check the parser's type for it.",
    ),
    _rule(
        r"No matching distribution found for|Could not find a version that satisfies the requirement",
        CauseKind.REQUIREMENTS,
        "A package of requirements.txt could not be installed.",
        "Check its version against the image's Python, and whether the job can reach a package index.",
    ),
    _rule(
        r"unable to open shared memory object|insufficient shared memory",
        CauseKind.MEMORY,
        "Shared memory (/dev/shm) ran out.",
        "Use fewer data loader workers.",
    ),
]

_CHANNEL_PATH = re.compile(r"/opt/ml/input/data/(?P<channel>[^/'\"]+)")
_CHANNEL_VARIABLE = re.compile(r"KeyError: 'SM_CHANNEL_(?P<channel>\w+)'")


def autopsy(session: AwsSession, training_job_name: str) -> Autopsy:
    """Explain how a job ended.

    Reads the last two thousand lines of each log stream. Where several hosts raised, the first one to do so is the
    cause: the others mostly fail because it is gone.

    Permissions: those of :func:`~jupyter_smext.jobs.describe.describe_job`, `logs:DescribeLogStreams`,
    `logs:GetLogEvents`, and `cloudwatch:GetMetricStatistics` where a job was killed. Without the logs the verdict
    rests on FailureReason alone, and says so.
    """
    job = describe_job(session, training_job_name)
    lines, unread = _tail(session, training_job_name)
    last_of_each = _last_of_each_stream(find_tracebacks(lines))
    traceback = last_of_each[0] if last_of_each else None
    reason = job.failure_reason or ""
    exit_code = exit_code_in(reason)
    return Autopsy(
        **_verdict(session, job, reason, traceback, lines, exit_code, unread),
        training_job_name=job.training_job_name,
        training_job_status=job.training_job_status,
        failure_reason=job.failure_reason,
        exit_code=exit_code,
        exit_code_meaning=None if exit_code is None else meaning_of(exit_code),
        location=traceback.location if traceback else None,
        traceback=traceback,
        other_tracebacks=last_of_each[1:],
        last_lines=lines[-_LAST_LINES:],
    )


def _tail(session: AwsSession, training_job_name: str) -> tuple[list[LogLine], str | None]:
    try:
        return read_tail(session, training_job_name, _TAIL_LINES), None
    except Exception as error:
        return [], str(from_aws(error))


def _last_of_each_stream(tracebacks: list[LoggedTraceback]) -> list[LoggedTraceback]:
    """The earliest first. One with a frame in the job's own code is preferred to one without, such as a launcher's."""
    last: dict[str, LoggedTraceback] = {}
    for each in tracebacks:
        known = last.get(each.stream)
        if known is None or each.location or not known.location:
            last[each.stream] = each
    return sorted(last.values(), key=lambda each: (each.location is None, each.timestamp))


def _verdict(
    session: AwsSession,
    job: TrainingJob,
    reason: str,
    traceback: LoggedTraceback | None,
    lines: list[LogLine],
    exit_code: int | None,
    unread: str | None,
) -> dict[str, Any]:
    ended = _ended_without_failure(job, lines, unread)
    if ended:
        return ended
    if exit_code is None:
        # The container never ran or did not end by itself: only the service knows.
        for rule in _SERVICE_RULES:
            if match := rule.pattern.search(reason):
                return _by(rule, match, reason)
    if traceback:
        return _of_traceback(job, traceback)
    for line in reversed(lines[-_LAST_LINES:]):
        for rule in _LINE_RULES:
            if match := rule.pattern.search(line.message):
                return _by(rule, match, line.message)
    # Without the log, FailureReason still carries the script's last words.
    for rule in [*_EXCEPTION_RULES, *_LINE_RULES]:
        if exit_code is not None and (match := rule.pattern.search(reason)):
            return _by(rule, match, reason)
    if exit_code == _KILLED:
        return _of_kill(session, job, reason)
    return _unknown(exit_code, reason, unread)


def _by(rule: Rule, match: re.Match[str], evidence: str) -> dict[str, Any]:
    return {
        "cause": rule.cause,
        "certain": True,
        "title": rule.title.format(**match.groupdict()),
        "suggestion": rule.suggestion,
        "evidence": evidence,
    }


def _ended_without_failure(job: TrainingJob, lines: list[LogLine], unread: str | None) -> dict[str, Any] | None:
    status = job.training_job_status
    if job.secondary_status in ("MaxRuntimeExceeded", "MaxWaitTimeExceeded"):
        limit = "MaxWaitTimeInSeconds" if job.secondary_status == "MaxWaitTimeExceeded" else "MaxRuntimeInSeconds"
        return {
            "cause": CauseKind.MAX_RUNTIME,
            "certain": True,
            "title": f"The job was stopped because it reached {limit}.",
            "suggestion": "Raise the limit, or save checkpoints and go on from them.",
            "evidence": job.secondary_status,
        }
    if status in (TrainingJobStatus.STOPPED, TrainingJobStatus.STOPPING):
        return {
            "cause": CauseKind.STOPPED,
            "certain": True,
            "title": "Somebody asked the job to stop.",
            "evidence": job.secondary_status,
        }
    if status is TrainingJobStatus.FAILED:
        return None
    if status is TrainingJobStatus.COMPLETED and not lines and unread is None:
        return {
            "cause": CauseKind.NOT_FAILED,
            "certain": False,
            "title": "The job completed, but it wrote no log line.",
            "suggestion": "Check that the image ran your script, and what is in the model archive.",
            "would_decide": "The content of the model archive.",
        }
    word = "completed" if status is TrainingJobStatus.COMPLETED else "has not ended"
    return {"cause": CauseKind.NOT_FAILED, "certain": True, "title": f"The job {word}."}


def _of_traceback(job: TrainingJob, traceback: LoggedTraceback) -> dict[str, Any]:
    text = f"{traceback.exception_type}: {traceback.message}".removesuffix(": ")
    missing = _missing_channel(job, text)
    if missing:
        return missing
    for rule in _EXCEPTION_RULES:
        if match := rule.pattern.search(text):
            return _by(rule, match, text)
    where = traceback.location
    place = f" in {where.path}, line {where.line}" if where else ""
    return {"cause": CauseKind.SCRIPT, "certain": True, "title": f"{text}{place}", "evidence": text}


def _missing_channel(job: TrainingJob, text: str) -> dict[str, Any] | None:
    """A channel that the script reads and the job does not have."""
    path = _CHANNEL_PATH.search(text) if text.startswith("FileNotFoundError") else None
    match = path or _CHANNEL_VARIABLE.match(text)
    if match is None:
        return None
    names = [channel.channel_name for channel in job.channels]
    if match["channel"].lower() in [name.lower() for name in names]:
        return {
            "cause": CauseKind.DATA,
            "certain": True,
            "title": f"A file is not there in the channel {match['channel']}.",
            "suggestion": "Compare the path in the script with the objects under the channel's address.",
            "evidence": text,
        }
    channels = ", ".join(names) or "no channel"
    return {
        "cause": CauseKind.DATA,
        "certain": True,
        "title": f"The script reads the channel {match['channel'].lower()}, and the job has {channels}.",
        "suggestion": "Give the channel the name that the script reads, or read the one that there is.",
        "evidence": text,
    }


def _of_kill(session: AwsSession, job: TrainingJob, reason: str) -> dict[str, Any]:
    peak = _memory_peak(session, job)
    certain = peak is not None and peak >= _FULL_PERCENT
    seen = "" if peak is None else f" Memory was {peak:.0f} % full at its peak."
    return {
        "cause": CauseKind.MEMORY,
        "certain": certain,
        "title": f"The script was killed, {'because' if certain else 'most often because'} memory ran out.{seen}",
        "suggestion": "Load less at a time, or use an instance with more memory.",
        "evidence": reason,
        "would_decide": None if certain else "MemoryUtilization of the job in CloudWatch, or a run with more memory.",
    }


def _memory_peak(session: AwsSession, job: TrainingJob) -> float | None:
    """Percent of the instance's memory, or None where CloudWatch has or tells nothing.

    https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
    """
    start, end = job.training_start_time or job.creation_time, job.training_end_time
    if end is None:
        return None
    # At most 1,440 points are answered; the periods that CloudWatch takes are multiples of a minute.
    period = 60 * (1 + int((end - start).total_seconds() // (60 * 1000)))
    try:
        answer = session.client("cloudwatch").get_metric_statistics(
            Namespace="/aws/sagemaker/TrainingJobs",
            MetricName="MemoryUtilization",
            Dimensions=[{"Name": "Host", "Value": f"{job.training_job_name}/algo-1"}],
            StartTime=start,
            EndTime=end + timedelta(minutes=1),
            Period=period,
            Statistics=["Maximum"],
        )
    except Exception:
        # Refused or unreachable: then the verdict stays uncertain, which it says.
        return None
    return max((point["Maximum"] for point in answer["Datapoints"]), default=None)


def _unknown(exit_code: int | None, reason: str, unread: str | None) -> dict[str, Any]:
    if unread:
        decide = f"The job's log, which could not be read: {unread}"
    elif exit_code is None:
        decide = "More words from the service: the request id and AWS Support."
    else:
        decide = "A line that the script prints before it ends, or an exception instead of an exit code."
    meaning = meaning_of(exit_code) if exit_code is not None else None
    return {
        "cause": CauseKind.UNKNOWN,
        "certain": False,
        "title": meaning or "Neither the service nor the log says why.",
        "evidence": reason or None,
        "would_decide": decide,
    }
