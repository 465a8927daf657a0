"""Does what a plan says, as long as nothing has changed since: installation, upgrade and uninstall alike."""

from __future__ import annotations

from datetime import datetime, timezone

from ...aws.errors import ErrorCode, SmextError, from_aws
from ...aws.progress import Progress
from ...aws.session import AwsSession
from . import inventory, record, settings
from .bundle import upload
from .models import ExecuteRequest, LifecycleResult, PlanStep, Severity, StepKind
from .plan import Change, Configuration, Work, prepare
from .record import Record
from .script import content
from .targets import read, settled, write


def execute(session: AwsSession, request: ExecuteRequest, progress: Progress) -> LifecycleResult:
    """Plan again, compare, and make the steps one after the other.

    Permissions: those of `plan.plan`, and one for each step: `s3:PutObject`, `sagemaker:CreateStudioLifecycleConfig`
    with `sagemaker:AddTags`, `sagemaker:UpdateDomain`, `UpdateUserProfile` or `UpdateSpace`, `s3:DeleteObject`,
    `sagemaker:DeleteStudioLifecycleConfig`. Raises `Conflict` where the plan is another one by now, or where somebody
    changed a place between its reading and its writing: nothing of theirs is overwritten.
    """
    progress.update(0, None, "Looking at what is there")
    work = prepare(session, request)
    _require_same_plan(request, work)
    configuration = work.configuration
    notes: list[str] = []
    done: list[PlanStep] = []
    changes = {change.reading.arn: change for change in work.changes}
    owners = {record.uri_of(work.base, change.reading.target): change for change in work.changes}
    for step in work.plan.steps:
        progress.update(len(done), len(work.plan.steps), step.title)
        if step.kind is StepKind.UPLOAD:
            assert configuration is not None
            assert configuration.folder is not None
            upload(
                session,
                configuration.folder,
                configuration.bundle,
                step.target,
                _Inside(progress, len(done), len(work.plan.steps)),
            )
        elif step.kind is StepKind.CREATE_CONFIG:
            assert configuration is not None
            _create(session, work.base, configuration)
        elif step.kind is StepKind.KEEP_RECORD:
            _keep(session, work, owners[step.target])
        elif step.kind is StepKind.UPDATE_SETTINGS:
            notes += _update(session, changes[step.target])
        elif step.kind is StepKind.DELETE_RECORD:
            record.delete(session, work.base, owners[step.target].reading.target)
        elif not _deleted(session, step.target):
            notes.append(f"{step.target} stays: something still uses it. Delete it when that has ended.")
            continue
        done.append(step)
    progress.update(len(work.plan.steps), len(work.plan.steps), "Done")
    if work.plan.running_apps and any(each.kind is StepKind.UPDATE_SETTINGS for each in done):
        notes.append(f"{work.plan.running_apps} running spaces change at their next start.")
    return LifecycleResult(
        action=request.action,
        scope=work.plan.scope,
        scope_words=work.plan.scope_words,
        version=work.plan.version,
        lifecycle_config_arn=work.plan.lifecycle_config_arn,
        steps=done,
        verified=True,
        notes=notes,
    )


def _require_same_plan(request: ExecuteRequest, work: Work) -> None:
    problem = next((each for each in work.plan.findings if each.level is Severity.ERROR), None)
    if problem:
        denied = problem.code == "IamDenied"
        code = ErrorCode.ACCESS_DENIED if denied else ErrorCode.INVALID_REQUEST
        raise SmextError(code, problem.message, hint=problem.fix)
    if request.plan_id is not None and request.plan_id != work.plan.plan_id:
        raise SmextError(
            ErrorCode.CONFLICT,
            "Something has changed since the plan was made; nothing was done.",
            hint="Look at the new plan, and go on from there.",
        )


def _create(session: AwsSession, base: str, configuration: Configuration) -> None:
    tags = {
        inventory.TAG_VERSION: configuration.bundle.version,
        inventory.TAG_SOURCE: configuration.source.words,
        inventory.TAG_RECORDS: base,
    }
    try:
        session.client("sagemaker").create_studio_lifecycle_config(
            StudioLifecycleConfigName=configuration.name,
            StudioLifecycleConfigContent=content(configuration.script),
            StudioLifecycleConfigAppType="JupyterLab",
            Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
        )
    except Exception as error:
        mapped = from_aws(error, resource=configuration.arn)
        # The name tells the content: whoever was faster made the same.
        if mapped.code is not ErrorCode.CONFLICT:
            raise mapped from error


def _keep(session: AwsSession, work: Work, change: Change) -> None:
    reading = change.reading
    kept = Record(
        target=reading.arn,
        before=reading.settings if reading.has_settings else None,
        installed_by=session.identity().caller_arn,
        installed_at=datetime.now(timezone.utc).isoformat(timespec="seconds"),
    )
    record.write(session, work.base, reading.target, kept)


def _update(session: AwsSession, change: Change) -> list[str]:
    """Write one place, wait for it, and read it back."""
    target, planned = change.reading.target, change.reading
    now = read(session, target)
    if now.last_modified != planned.last_modified or now.settings != planned.settings:
        raise SmextError(
            ErrorCode.CONFLICT,
            f"The {target.words} was changed by somebody else at {now.last_modified:%Y-%m-%d %H:%M:%S %Z}; nothing of "
            "theirs was overwritten.",
            hint="Look at the new plan, and go on from there.",
            resource=now.arn,
        )
    write(session, target, change.after)
    written = settled(session, target)
    if not settings.same(written.settings, change.after):
        # An API that merges keeps what a request leaves out: say it in words.
        write(session, target, settings.emptied(change.after, planned.settings))
        written = settled(session, target)
    if not settings.same(written.settings, change.after):
        raise SmextError(
            ErrorCode.CONFLICT,
            f"The {target.words} took other settings than were sent; somebody else may have written at the same time.",
            hint="`jupyter smext lifecycle status` shows what is there; plan again.",
            resource=written.arn,
        )
    earlier = change.record is not None and change.record.before is None
    if earlier and not change.after and written.has_settings:
        return [f"The {target.words} keeps empty JupyterLab settings, where it had none: AWS cannot take them away."]
    return []


def _deleted(session: AwsSession, arn: str) -> bool:
    try:
        session.client("sagemaker").delete_studio_lifecycle_config(StudioLifecycleConfigName=arn.rpartition("/")[2])
    except Exception as error:
        mapped = from_aws(error, resource=arn)
        if mapped.code is ErrorCode.CONFLICT:
            return False
        if mapped.code is not ErrorCode.NOT_FOUND:
            raise mapped from error
    return True


class _Inside:
    """The progress of one step, as a part of the whole."""

    def __init__(self, progress: Progress, done: int, steps: int) -> None:
        self._progress, self._done, self._steps = progress, done, steps

    def update(self, done: float, total: float | None = None, message: str | None = None) -> None:
        self._progress.update(self._done + (done / total if total else 0), self._steps, message)

    def cancelled(self) -> bool:
        return self._progress.cancelled()
