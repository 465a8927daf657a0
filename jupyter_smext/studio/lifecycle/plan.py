"""What an installation, an upgrade or an uninstall would change; nothing is changed here.

`prepare` reads everything that the decision rests on, and `install.execute` does what it says.
"""

from __future__ import annotations

import atexit
import functools
import hashlib
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ... import __version__
from ...aws.errors import ErrorCode, SmextError, from_aws
from ...aws.session import AwsSession
from . import inventory, record, settings
from .build import build
from .bundle import MANIFEST, Bundle, Source, read_folder, read_s3, split
from .models import LifecyclePlan, PlanFinding, PlanRequest, PlanStep, Scope, Severity, StepKind
from .record import Record
from .rights import Right, check_rights
from .script import config_name, render
from .settings import Settings
from .targets import Reading, Target, read


@dataclass(frozen=True)
class Change:
    """The new JupyterLab settings of one target, and what it was decided on."""

    reading: Reading
    after: Settings
    record: Record | None


@dataclass(frozen=True)
class Configuration:
    """The lifecycle configuration that spaces are to run, and where its wheels come from."""

    arn: str
    bundle: Bundle
    source: Source
    script: str
    folder: Path | None
    """Where the wheels lie on this machine; None: they are in S3 already."""

    @property
    def name(self) -> str:
        return self.arn.rpartition("/")[2]


@dataclass(frozen=True)
class Work:
    """A plan with what its execution needs."""

    plan: LifecyclePlan
    base: str
    """The prefix of the records."""
    changes: list[Change]
    configuration: Configuration | None


def plan(session: AwsSession, request: PlanRequest) -> LifecyclePlan:
    """What would be done.

    Permissions: the List and Describe calls of domains, user profiles, spaces, apps and lifecycle configurations,
    `s3:GetObject` on the records; those of the iam room, each optional. Raises `NotFound` for a domain, a profile or a
    space that is not there.
    """
    return prepare(session, request).plan


def prepare(session: AwsSession, request: PlanRequest) -> Work:
    """The plan, and what it takes to execute it."""
    return _Planner(session, request).work()


class _Planner:
    def __init__(self, session: AwsSession, request: PlanRequest) -> None:
        self.session = session
        self.request = request
        self.scope = Scope(**request.model_dump(include=set(Scope.model_fields)))
        self.findings: list[PlanFinding] = []
        self.steps: list[PlanStep] = []
        self.rights: list[Right] = []
        self.identity = session.identity()
        self.domain = read(session, Target("domain", request.domain_id))
        self.configs = inventory.configs(session)
        self.spaces = inventory.spaces(session, request.domain_id)

    def work(self) -> Work:
        action, base = self.request.action, self._records_base()
        configuration = None if action == "uninstall" else self._configuration()
        arn = configuration.arn if configuration else ""
        if action == "install":
            readings = self._to_install()
        else:
            # Whoever offers it comes before whoever chooses it, and goes after.
            readings = self._with_ours()[:: -1 if action == "uninstall" else 1]
        changes = self._changes(base, readings, arn)
        self._settings_steps(base, changes)
        if action != "install":
            self._delete_steps(changes, arn)
        if changes:
            self.findings += check_rights(self.session, list(dict.fromkeys(self.rights)))
        else:
            # A configuration that nothing is to use is not made either.
            self.steps = []
            if action != "install":
                self._find(Severity.INFO, "NothingThere", f"Nothing is to change in {self.scope.words}.")
        return Work(self._plan(changes, configuration), base, changes, configuration)

    def _find(self, level: Severity, code: str, message: str, fix: str | None = None) -> None:
        self.findings.append(PlanFinding(level=level, code=code, message=message, fix=fix))

    # -- The configuration, and the wheels that its script installs

    def _wheels_base(self) -> str:
        return (self.request.s3_uri or f"s3://{self.identity.default_bucket}/jupyter-smext").rstrip("/")

    def _records_base(self) -> str:
        """Where the configuration in use says that records are, so that what it replaced is found again."""
        in_use = settings.ours_in(self.domain.settings)
        known = sorted(self.configs, key=lambda each: each.lifecycle_config_arn not in in_use)
        if self.request.action == "install":
            known = [each for each in known if each.lifecycle_config_arn in in_use]
        return next((each.records for each in known if each.records), self._wheels_base())

    def _configuration(self) -> Configuration:
        given = self.request.bundle
        folder: Path | None = None
        if given and given.startswith("s3://"):
            uri = given.rstrip("/")
            bundle = read_s3(self.session, uri)
        else:
            folder = Path(given).expanduser() if given else built_bundle()
            bundle = read_folder(folder)
            uri = f"{self._wheels_base()}/{bundle.bundle_id}"
        if self.request.index_url:
            source = Source(index_url=self.request.index_url)
        else:
            source = Source(s3_uri=uri, region=self.identity.region)
            self._upload(bundle, uri)
            self._roles_may_read(uri)
        script = render(bundle, source)
        name = config_name(bundle.version, script)
        arn = f"arn:{self._partition}:sagemaker:{self.identity.region}:{self.identity.account}:"
        arn += f"studio-lifecycle-config/{name}"
        if not any(each.lifecycle_config_name == name for each in self.configs):
            self.steps.append(
                PlanStep(kind=StepKind.CREATE_CONFIG, title=f"Create lifecycle configuration {name}", target=arn)
            )
            self.rights += [Right("sagemaker:CreateStudioLifecycleConfig", arn), Right("sagemaker:AddTags", arn)]
        return Configuration(arn, bundle, source, script, folder)

    def _upload(self, bundle: Bundle, uri: str) -> None:
        bucket, prefix = split(uri)
        try:
            self.session.client("s3").head_object(Bucket=bucket, Key=f"{prefix}/{MANIFEST}")
            return
        except Exception as error:
            mapped = from_aws(error, resource=f"arn:aws:s3:::{bucket}/{prefix}/{MANIFEST}")
            # Without s3:ListBucket a missing object is a forbidden one.
            if mapped.code not in (ErrorCode.NOT_FOUND, ErrorCode.ACCESS_DENIED):
                raise mapped from error
        try:
            self.session.client("s3").head_bucket(Bucket=bucket)
        except Exception as error:
            if from_aws(error).code is ErrorCode.NOT_FOUND:
                self._find(
                    Severity.ERROR,
                    "NoBucket",
                    f"There is no bucket {bucket}.",
                    f"Create it (`aws s3 mb s3://{bucket}`), or name another place with --s3-uri.",
                )
        self.steps.append(
            PlanStep(
                kind=StepKind.UPLOAD,
                title=f"Upload {len(bundle.wheels)} wheels to {uri}",
                target=uri,
                bytes=bundle.size,
            )
        )
        self.rights.append(Right("s3:PutObject", f"arn:{self._partition}:s3:::{bucket}/{prefix}/{MANIFEST}"))

    def _roles_may_read(self, uri: str) -> None:
        bucket, prefix = split(uri)
        if self.domain.role:
            wheels = f"arn:{self._partition}:s3:::{bucket}/{prefix}/wheels/*"
            self.rights.append(Right("s3:GetObject", wheels, principal=self.domain.role))

    @property
    def _partition(self) -> str:
        return self.identity.caller_arn.split(":")[1]

    # -- Where it goes

    def _to_install(self) -> list[Reading]:
        """The places whose settings an installation changes; the one that offers it before the one that chooses it."""
        request = self.request
        if request.space_name:
            space = read(self.session, Target("space", request.domain_id, request.space_name))
            offering = self._offering(space)
            return [*([offering] if offering else []), space]
        if request.user_profile_name:
            return [read(self.session, Target("user_profile", request.domain_id, request.user_profile_name))]
        return [self.domain]

    def _offering(self, space: Reading) -> Reading | None:
        """Whose list a space chooses from: its owner's, or the domain's where the owner has none."""
        if space.app_type not in (None, "JupyterLab"):
            self._find(Severity.ERROR, "NotJupyterLab", f"The {space.target.words} is for {space.app_type}.")
        if space.owner is None:
            self._find(
                Severity.ERROR,
                "SharedSpace",
                f"The {space.target.words} is shared: it takes its configurations from the domain's settings for "
                "shared spaces, which this does not change.",
                "Attach the configuration there by hand, or roll out to the domain.",
            )
            return None
        profile = read(self.session, Target("user_profile", space.target.domain_id, space.owner))
        return profile if settings.offered(profile.settings) else self.domain

    def _with_ours(self) -> list[Reading]:
        """Every place in the scope that has a configuration of ours: domain, profiles, spaces."""
        request = self.request
        targets = [*inventory.profiles(self.session, request.domain_id), *self.spaces]
        read_ones, not_seen = inventory.read_all(self.session, targets)
        for each in not_seen:
            self._find(Severity.UNKNOWN, "NotRead", f"Could not be looked at, and stays as it is: {each}")
        everywhere = [each for each in [self.domain, *read_ones] if settings.ours_in(each.settings)]
        if request.user_profile_name:
            return [each for each in everywhere if request.user_profile_name in (each.target.name, each.owner)]
        if request.space_name:
            chosen = [
                each for each in everywhere if each.target == Target("space", request.domain_id, request.space_name)
            ]
            users = [each for each in everywhere if each.target.place == "space" and each not in chosen]
            if request.action == "uninstall" and chosen and not users:
                # Nobody else chose it: what only offers it has no reason to go on.
                return [*(each for each in everywhere if each not in chosen and _only_offers(each)), *chosen]
            return chosen
        return everywhere

    def _attached(self, now: Reading, before: Settings | None, arn: str) -> Settings:
        """The settings with our configuration as the request wants it, whatever of ours was there before."""
        target = now.target
        clean = settings.without_ours(now.settings, before)
        inherited = settings.offered(self.domain.settings) if target.place == "user_profile" else None
        if target.place == "space":
            return self._with_default(clean, arn, settings.preselected(clean), target)
        if self.request.space_name:
            return settings.with_offer(clean, arn, inherited=inherited)
        if self.request.built_in:
            return self._with_built_in(clean, arn, target)
        current = settings.preselected(clean)
        if current is None and target.place == "user_profile":
            current = settings.preselected(self.domain.settings)
            current = None if settings.is_ours(current) else current
        return self._with_default(settings.with_offer(clean, arn, inherited=inherited), arn, current, target)

    def _with_built_in(self, clean: Settings, arn: str, target: Target) -> Settings:
        other = settings.built_in(clean)
        if not self.session.supports("sagemaker", "JupyterLabAppSettings", "BuiltInLifecycleConfigArn"):
            self._find(
                Severity.ERROR,
                "NeedsNewerBoto3",
                "The boto3 here does not know built-in configurations.",
                "Use boto3 1.37 or later, or install without --built-in.",
            )
        if other:
            self._find(
                Severity.ERROR,
                "BuiltInTaken",
                f"The {target.words} has another built-in configuration, and there can be one only: {other}.",
                "Install without --built-in, or call our script from that one.",
            )
            return clean
        return settings.with_built_in(clean, arn)

    def _with_default(self, offered: Settings, arn: str, current: str | None, target: Target) -> Settings:
        if current and not self.request.replace_default:
            self._find(
                Severity.WARNING,
                "DefaultKept",
                f"In the {target.words} {current} stays pre-selected; ours runs only where a user chooses it.",
                "--built-in runs both; --replace-default takes ours instead.",
            )
            return offered
        return settings.with_default(offered, arn)

    # -- The steps

    def _changes(self, base: str, readings: list[Reading], arn: str) -> list[Change]:
        changes = []
        for reading in readings:
            if reading.status not in ("InService", "Update_Failed"):
                self._find(
                    Severity.ERROR,
                    "NotInService",
                    f"The {reading.target.words} is {reading.status}.",
                    "Wait until it is in service.",
                )
            kept = self._record(base, reading)
            after = self._wanted(reading, kept.before if kept else None, arn)
            if after != reading.settings:
                changes.append(Change(reading, after, kept))
        return changes

    def _wanted(self, now: Reading, before: Settings | None, arn: str) -> Settings:
        if self.request.action == "install":
            return self._attached(now, before, arn)
        if self.request.action == "upgrade":
            return settings.replaced(now.settings, arn)
        return settings.without_ours(now.settings, before)

    def _record(self, base: str, reading: Reading) -> Record | None:
        if not settings.ours_in(reading.settings):
            return None
        kept: Record | None = None
        try:
            kept = record.read(self.session, base, reading.target)
        except SmextError as error:
            self._find(
                Severity.UNKNOWN, "RecordNotRead", f"The record of {reading.target.words}: {error.envelope.message}"
            )
        if kept is None and self.request.action == "uninstall":
            self._find(
                Severity.WARNING,
                "NoRecord",
                f"There is no record of what the {reading.target.words} had before: ours is taken out, and no earlier "
                "default is put back.",
            )
        return kept

    def _settings_steps(self, base: str, changes: list[Change]) -> None:
        for change in changes:
            target = change.reading.target
            uri = record.uri_of(base, target)
            bucket, key = split(uri)
            resource = f"arn:{self._partition}:s3:::{bucket}/{key}"
            leaving = self.request.action == "uninstall"
            if self.request.action == "install" and not settings.ours_in(change.reading.settings):
                self.steps.append(
                    PlanStep(kind=StepKind.KEEP_RECORD, title=f"Write down what the {target.words} has now", target=uri)
                )
                self.rights.append(Right("s3:PutObject", resource))
            self.steps.append(
                PlanStep(
                    kind=StepKind.UPDATE_SETTINGS,
                    title=f"{'Detach from' if leaving else 'Attach to'} {target.words}",
                    target=change.reading.arn,
                    before=change.reading.settings if change.reading.has_settings else None,
                    after=change.after,
                )
            )
            self.rights.append(Right(target.update_action, change.reading.arn))
            if leaving and change.record:
                self.steps.append(
                    PlanStep(kind=StepKind.DELETE_RECORD, title=f"Forget the record of {target.words}", target=uri)
                )
                self.rights.append(Right("s3:DeleteObject", resource))

    def _delete_steps(self, changes: list[Change], arn: str) -> None:
        """The configurations that nothing in this domain uses any more; AWS keeps one that another domain uses."""
        left = {used for change in changes for used in settings.ours_in(change.reading.settings)} - {arn}
        still_used = {used for change in changes for used in settings.ours_in(change.after)}
        for each in self.configs:
            if each.lifecycle_config_arn in left - still_used:
                self.steps.append(
                    PlanStep(
                        kind=StepKind.DELETE_CONFIG,
                        title=f"Delete lifecycle configuration {each.lifecycle_config_name}, unless something uses it",
                        target=each.lifecycle_config_arn,
                    )
                )
                self.rights.append(Right("sagemaker:DeleteStudioLifecycleConfig", each.lifecycle_config_arn))

    def _plan(self, changes: list[Change], configuration: Configuration | None) -> LifecyclePlan:
        scope = self.scope
        reached = [
            target.name
            for target, owner in self.spaces.items()
            if scope.space_name in (None, target.name) and scope.user_profile_name in (None, owner)
        ]
        apps = inventory.apps(self.session, scope.domain_id)
        possible = not any(each.level is Severity.ERROR for each in self.findings)
        return LifecyclePlan(
            plan_id=self._id(changes),
            action=self.request.action,
            scope=scope,
            scope_words=scope.words,
            built_in=self.request.built_in,
            version=configuration.bundle.version if configuration else None,
            lifecycle_config_name=configuration.name if configuration else None,
            lifecycle_config_arn=configuration.arn if configuration else None,
            steps=self.steps,
            findings=self.findings,
            affected_spaces=len(reached),
            running_apps=sum(name in apps for name in reached),
            possible=possible,
            nothing_to_do=possible and not self.steps,
        )

    def _id(self, changes: list[Change]) -> str:
        rests_on = {
            "request": self.request.model_dump(mode="json", exclude={"plan_id"}),
            "steps": [each.model_dump(mode="json") for each in self.steps],
            "as_of": [each.reading.last_modified.isoformat() for each in changes],
        }
        return hashlib.sha256(json.dumps(rests_on, sort_keys=True).encode()).hexdigest()[:16]


def _only_offers(reading: Reading) -> bool:
    """Whether our configuration is only on the list, as an installation in a space puts it there."""
    return not any(settings.is_ours(each(reading.settings)) for each in (settings.preselected, settings.built_in))


@functools.cache
def built_bundle() -> Path:
    """The bundle of this process's own version, built once; it goes with the process."""
    scratch = tempfile.TemporaryDirectory(prefix=f"jupyter-smext-{__version__}-")
    atexit.register(scratch.cleanup)
    folder = Path(scratch.name)
    build(folder)
    return folder
