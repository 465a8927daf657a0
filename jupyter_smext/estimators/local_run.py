"""Local mode: the same spec, run on this machine under SageMaker's training contract.

Channels come from S3 or from `file://` (relative paths start at the spec's file); the model stays in a folder here. The
script runs in a process of this machine's Python, not in AWS's image, so that versions may differ.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..aws.progress import Progress, Silent
from ..aws.session import AwsSession
from ..runner import RunEvents, TrainingResult, TrainingRun
from .local_machine import local_machine
from .models import Spec, TrainingSpec
from .request import training_request


def is_local(spec: Spec) -> bool:
    """Whether a spec is meant for this machine."""
    return (spec.spec.compute.instance_type or "").startswith("local")


def run_local(
    aws: AwsSession,
    spec: TrainingSpec,
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
    permissions. Raises `InvalidRequest` where a file of the spec is missing.
    """
    with local_machine(aws, output) as machine:
        job = machine.job(0, spec.spec, folder, progress or Silent())
        local = spec.model_copy(update={"spec": job.spec})
        request = training_request(local, machine.place, job_name=job_name, source_uri=job.source_uri, own_tags={})
        run = machine.training_run(request, events, in_docker=spec.spec.compute.local_image)
        on_start(run)
        return run.run()
