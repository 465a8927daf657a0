"""Local mode: the same spec, run on this machine under SageMaker's training contract.

Channels come from S3 or from `file://` (relative paths start at the spec's file); the model stays in a folder here. The
script runs in a process of this machine's Python, not in AWS's image, so that versions may differ.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from ..aws.errors import ErrorCode, SmextError
from ..aws.progress import Progress, Silent
from ..aws.session import AwsSession
from ..runner import RunEvents, TrainingResult, TrainingRun
from .git_source import source_tree
from .local_store import LocalStore
from .models import JobSpec, Spec, TrainingSpec
from .packaging import ARCHIVE, is_packed, pack, plan
from .request import Place, training_request

_SOURCE, _OUTPUT, _CHANNEL = "smext-local-source", "smext-local-output", "smext-local-channel-{}"

# No AWS service sees it; the contract wants one.
_ROLE = "arn:aws:iam::000000000000:role/local"


def is_local(spec: Spec) -> bool:
    """Whether a spec is meant for this machine."""
    return (spec.spec.compute.instance_type or "").startswith("local")


def run_local(
    aws: AwsSession,
    spec: Spec,
    folder: Path,
    output: Path,
    events: RunEvents,
    *,
    job_name: str,
    progress: Progress | None = None,
    on_start: Callable[[TrainingRun], None] = lambda run: None,
) -> TrainingResult:
    """Run a training job here and wait for its end; a failing job is a result, not an exception.

    ``folder`` is where the spec's file lies, ``output`` the folder that gets `<job>/output/model.tar.gz`. ``on_start``
    gets the run, whose ``stop`` ends it from another thread. AWS is called only for S3 channels, with the caller's
    permissions. Raises `NotSupported` for tuning jobs, `InvalidRequest` where a file of the spec is missing.
    """
    if not isinstance(spec, TrainingSpec):
        raise SmextError(ErrorCode.NOT_SUPPORTED, "Tuning jobs do not run locally; run the training job by itself.")
    output.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="smext-local-"))
    try:
        folders = {_SOURCE: work / "source", _OUTPUT: output}
        job = _with_local_channels(spec.spec, folder, folders)
        source_uri = _source(spec.spec, folder, folders[_SOURCE], progress or Silent())
        place = Place(_region(aws), _ROLE, _OUTPUT)
        request = training_request(
            spec.model_copy(update={"spec": job}), place, job_name=job_name, source_uri=source_uri, own_tags={}
        )
        run = TrainingRun(
            request,
            job_arn=f"arn:aws:sagemaker:{place.region}:000000000000:training-job/{job_name}",
            s3=LocalStore(folders, lambda: aws.client("s3")),
            work_dir=work / "run",
            cache_dir=Path(tempfile.gettempdir()) / "smext-local-environments",
            events=events,
            environment=_credentials(aws),
        )
        on_start(run)
        return run.run()
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _with_local_channels(job: JobSpec, folder: Path, folders: dict[str, Path]) -> JobSpec:
    channels = []
    for index, channel in enumerate(job.input_data_config):
        uri = channel.s3_uri or ""
        if uri.startswith("file://"):
            path = (folder / uri.removeprefix("file://")).resolve()
            if not path.exists():
                raise SmextError(
                    ErrorCode.INVALID_REQUEST,
                    f"The channel {channel.channel_name} names {path}, which does not exist.",
                    hint="Paths of file:// start at the spec's file.",
                )
            bucket = _CHANNEL.format(index)
            folders[bucket] = path if path.is_dir() else path.parent
            key = "" if path.is_dir() else path.name
            channel = channel.model_copy(update={"s3_uri": f"s3://{bucket}/{key}"})
        channels.append(channel)
    output = job.output_data_config.model_copy(update={"s3_output_path": f"s3://{_OUTPUT}", "kms_key_id": None})
    return job.model_copy(update={"input_data_config": channels, "output_data_config": output})


def _source(job: JobSpec, folder: Path, target: Path, progress: Progress) -> str | None:
    source = job.source_code
    if source is None:
        return None
    if is_packed(source):
        return source.source_dir
    target.mkdir()
    archive = target / ARCHIVE
    with source_tree(source, folder) as tree, pack(plan(source, tree), progress) as package, archive.open("wb") as file:
        shutil.copyfileobj(package.archive, file)
    return f"s3://{_SOURCE}/{ARCHIVE}"


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
