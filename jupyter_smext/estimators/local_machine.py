"""What jobs find on this machine in place of AWS: folders as buckets, the packed source, the caller's credentials."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..aws.errors import ErrorCode, SmextError
from ..aws.progress import Progress
from ..aws.session import AwsSession
from ..runner import RunEvents, TrainingRun
from .git_source import source_tree
from .local_store import LocalStore
from .models import JobSpec
from .packaging import ARCHIVE, is_packed, pack, plan
from .request import Place

_OUTPUT, _SOURCE, _CHANNEL = "smext-local-output", "smext-local-source-{}", "smext-local-channel-{}-{}"

# No AWS service sees it; the contract wants one.
_ROLE = "arn:aws:iam::000000000000:role/local"


@dataclass(frozen=True)
class LocalJob:
    """A job whose channels and output lie on this machine, and where its packed source is."""

    spec: JobSpec
    source_uri: str | None


class LocalMachine:
    """Carries out requests here; their buckets may be folders."""

    def __init__(self, aws: AwsSession, folders: dict[str, Path], work: Path) -> None:
        self.place = Place(_region(aws), _ROLE, _OUTPUT)
        self._aws = aws
        self._folders = folders
        self._work = work

    def job(self, index: int, job: JobSpec, folder: Path, progress: Progress) -> LocalJob:
        """Pack the job's source and find its files. ``folder`` is where relative paths start, ``index`` the job's own.

        Raises `InvalidRequest` where a file is missing.
        """
        channels = []
        for number, channel in enumerate(job.input_data_config):
            uri = channel.s3_uri or ""
            if uri.startswith("file://"):
                bucket = _CHANNEL.format(index, number)
                key = self._use_path(bucket, channel.channel_name, folder / uri.removeprefix("file://"))
                channel = channel.model_copy(update={"s3_uri": f"s3://{bucket}/{key}"})
            channels.append(channel)
        output = job.output_data_config.model_copy(update={"s3_output_path": f"s3://{_OUTPUT}", "kms_key_id": None})
        local = job.model_copy(update={"input_data_config": channels, "output_data_config": output})
        return LocalJob(local, self._source(index, job, folder, progress))

    def training_run(self, request: dict[str, Any], events: RunEvents, *, in_docker: bool) -> TrainingRun:
        """A CreateTrainingJob request, ready to run: by Docker in its own image, or by processes of this machine."""
        name = request["TrainingJobName"]
        return TrainingRun(
            request,
            job_arn=f"arn:aws:sagemaker:{self.place.region}:000000000000:training-job/{name}",
            s3=LocalStore(self._folders, lambda: self._aws.client("s3")),
            work_dir=self._work / name,
            cache_dir=Path(tempfile.gettempdir()) / "smext-local-environments",
            events=events,
            environment=_credentials(self._aws),
            engine="docker" if in_docker else "process",
        )

    def _use_path(self, bucket: str, channel: str, path: Path) -> str:
        """Make a path the content of a bucket; its key there."""
        path = path.resolve()
        if not path.exists():
            raise SmextError(
                ErrorCode.INVALID_REQUEST,
                f"The channel {channel} names {path}, which does not exist.",
                hint="Paths of file:// start at the spec's file.",
            )
        self._folders[bucket] = path if path.is_dir() else path.parent
        return "" if path.is_dir() else path.name

    def _source(self, index: int, job: JobSpec, folder: Path, progress: Progress) -> str | None:
        source = job.source_code
        if source is None:
            return None
        if is_packed(source):
            return source.source_dir
        bucket = _SOURCE.format(index)
        target = self._folders[bucket] = self._work / bucket
        target.mkdir()
        with (
            source_tree(source, folder) as tree,
            pack(plan(source, tree), progress) as package,
            (target / ARCHIVE).open("wb") as file,
        ):
            shutil.copyfileobj(package.archive, file)
        return f"s3://{bucket}/{ARCHIVE}"


@contextmanager
def local_machine(aws: AwsSession, output: Path) -> Iterator[LocalMachine]:
    """A machine whose output goes to a folder; everything else that it made is removed with the block."""
    output.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="smext-local-"))
    try:
        yield LocalMachine(aws, {_OUTPUT: output}, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _region(aws: AwsSession) -> str:
    """Only names are made of it here, so that a machine without any AWS configuration can run a job too."""
    try:
        return aws.region
    except Exception:
        return "us-east-1"


def _credentials(aws: AwsSession) -> dict[str, str]:
    """The caller's own, for scripts that use boto3; nothing where there are none."""
    environment = {"AWS_DEFAULT_REGION": _region(aws), "AWS_REGION": _region(aws)}
    if aws.endpoint_url:
        environment["AWS_ENDPOINT_URL"] = aws.endpoint_url
    found = aws.boto.get_credentials()
    if found:
        frozen = found.get_frozen_credentials()
        environment |= {"AWS_ACCESS_KEY_ID": frozen.access_key, "AWS_SECRET_ACCESS_KEY": frozen.secret_key}
        if frozen.token:
            environment["AWS_SESSION_TOKEN"] = frozen.token
    return environment
