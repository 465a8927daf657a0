"""``%sm_jobs``, ``%sm_logs`` and ``%%sm_train``: the jobs room and a launch as magics."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython.core.error import StdinNotImplementedError, UsageError
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments, parse_argstring

if TYPE_CHECKING:
    from .results import Price
    from .spec import Spec

STATUSES = ("InProgress", "Completed", "Failed", "Stopping", "Stopped")
OPTIONS = {
    "%sm_jobs": ["--status", "--name-contains", "--limit", "--help"],
    "%sm_logs": ["--follow", "--help"],
    "%%sm_train": ["--script", "--overwrite", "--yes", "--help"],
    "%sm_monitor": ["on", "off"],
}

# The names that %sm_jobs and %%sm_train have shown: completion never asks AWS, which could take seconds.
_known_jobs: dict[str, None] = {}


@magics_class
class SageMakerMagics(Magics):
    @magic_arguments()
    @argument("--status", choices=STATUSES, help="only jobs in this status")
    @argument("--name-contains", metavar="TEXT", help="only jobs with this in their name")
    @argument("--limit", type=int, default=20, help="how many at most, 1 to 100 (default: 20)")
    @line_magic
    def sm_jobs(self, line: str) -> None:
        """Training jobs, newest first."""
        given = _arguments(self.sm_jobs, line)
        if given is None:
            return
        from pydantic import ValidationError

        from ..jobs.listing import list_jobs
        from ..jobs.models import JobsQuery
        from .widgets.base import kernel_session

        try:
            query = JobsQuery(name_contains=given.name_contains, status_equals=given.status, max_results=given.limit)
        except ValidationError as error:
            raise UsageError("--limit is 1 to 100.") from error
        page = list_jobs(kernel_session(), query)
        for job in page.training_jobs:
            _known_jobs[job.training_job_name] = None
            print(f"{job.training_job_status.value:<11} {job.creation_time:%Y-%m-%d %H:%M} {job.training_job_name}")
        if not page.training_jobs:
            print("No training jobs.")
        elif page.next_token:
            print("There are more: raise --limit.")

    @magic_arguments()
    @argument("name", help="name of the training job")
    @argument("--follow", "-f", action="store_true", help="go on until the job has ended")
    @line_magic
    def sm_logs(self, line: str) -> None:
        """The log lines of a training job."""
        given = _arguments(self.sm_logs, line)
        if given is None:
            return
        from .attach import attach
        from .tuning_job import TuningJob

        job = attach(given.name)
        if isinstance(job, TuningJob):
            raise UsageError(f"{job.name} is a tuning job: its training jobs have logs, see %sm_jobs --name-contains.")
        job.logs(given.follow)

    @magic_arguments()
    @argument("file", help="a *.sagemaker.yaml file")
    @argument("--script", help="where the cell is written (default: the spec's entry script)")
    @argument("--overwrite", action="store_true", help="replace a script that differs from the cell")
    @argument("--yes", action="store_true", help="launch without asking, as long as the spec's own limit holds")
    @cell_magic
    def sm_train(self, line: str, cell: str) -> Any:
        """Write the cell to the entry script of a spec, say the price, ask, launch the job, and show its monitor."""
        given = _arguments(self.sm_train, line)
        if given is None:
            return None
        from .actions import launch, price
        from .limits import allowed
        from .spec import Spec

        spec = Spec.read(given.file)
        script = _script_of(spec, given, cell)
        limit = allowed(spec).policy
        if not _agreed(price(spec), limit.max_cost_usd if limit else None, given.yes):
            print("Not launched.")
            return None
        script.write_text(cell, "utf-8")
        job = launch(spec)
        _known_jobs[job.name] = None
        print(f"Launched {job.name}. Stop it with sm.attach({job.name!r}).stop().")
        return job.monitor()

    @line_magic
    def sm_monitor(self, line: str) -> None:
        """``%sm_monitor on``: show the monitor of each job below the cell that launches it; ``off``: no more."""
        from .launches import monitor_launches

        if line.strip() not in ("on", "off"):
            raise UsageError("%sm_monitor takes on or off.")
        monitor_launches(line.strip() == "on")


def complete(shell: Any, event: Any) -> list[str]:
    """What may come next after one of the magics: options, statuses, known jobs, spec files. Asks nobody."""
    magic, *words = event.line.split()
    magic = "%%sm_train" if magic == "%%sm_train" else "%" + magic.lstrip("%")
    previous = words[-1] if words and not event.symbol else words[-2] if len(words) > 1 else ""
    if previous == "--status":
        return list(STATUSES)
    if event.symbol.startswith("-"):
        return OPTIONS[magic]
    if magic == "%sm_logs":
        return list(_known_jobs)
    if magic == "%%sm_train":
        return [str(path) for path in sorted(Path().glob("*.sagemaker.yaml"))]
    return OPTIONS[magic]


def _arguments(magic: Any, line: str) -> argparse.Namespace | None:
    """The parsed arguments; None after ``--help``, which is printed."""
    if {"--help", "-h"} & set(line.split()):
        print(magic.__doc__)
        return None
    given: argparse.Namespace = parse_argstring(magic, line)
    return given


def _script_of(spec: Spec, given: argparse.Namespace, cell: str) -> Path:
    """Where the cell goes, named in the spec. Raises UsageError where it must not go there."""
    source = spec.spec.get("spec", {}).get("source_code") or {}
    if source.get("git") or str(source.get("source_dir", ".")).startswith("s3://"):
        raise UsageError(f"The code of {given.file} is not in a folder here, so that no cell can become its script.")
    entry = given.script or source.get("entry_script")
    if not entry:
        raise UsageError(f"{given.file} names no spec.source_code.entry_script: give --script.")
    path = Path(spec.folder, source.get("source_dir", "."), entry)
    if path.exists() and path.read_text("utf-8") != cell and not given.overwrite:
        raise UsageError(f"{path} exists and is another script: --overwrite replaces it, --script names another one.")
    spec.spec["spec"]["source_code"] = {**source, "entry_script": entry}
    return path


def _agreed(price: Price, limit_usd: float | None, yes: bool) -> bool:
    """Say the price, and ask whether to launch. What passes the spec's own limit is asked about in any case."""
    print(price.total())
    over = limit_usd is not None and (price.usd_at_most is None or price.usd_at_most > limit_usd)
    if over:
        print(f"The limit of the spec, policy.max_cost_usd, is {limit_usd:g} USD.")
    if yes and not over:
        return True
    try:
        return input("Launch the job? [y/N] ").strip().lower() in ("y", "yes")
    except (EOFError, StdinNotImplementedError) as error:
        how = "raise the limit in the spec" if over else "--yes launches without asking"
        raise UsageError(f"Nobody can be asked whether to launch: {how}.") from error
