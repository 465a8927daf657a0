"""``jupyter smext jobs``: training jobs in the terminal."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from . import jobs_tuning
from .table import print_fields, print_table

if TYPE_CHECKING:
    from ..jobs.follow import StatusChange
    from ..jobs.models import LogLine, TrainingJob

STATUSES = ("InProgress", "Completed", "Failed", "Stopping", "Stopped")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("jobs", help="list, show, follow and stop training jobs")
    commands = parser.add_subparsers(dest="jobs_command", metavar="COMMAND", required=True)

    ls = commands.add_parser("ls", help="training jobs, newest first")
    ls.add_argument("--name-contains", metavar="TEXT", help="only jobs with this in their name")
    ls.add_argument("--status", choices=STATUSES, help="only jobs in this status")
    ls.add_argument("--limit", type=int, default=50, help="how many at most (default: 50)")
    ls.add_argument("--json", action="store_true", help="print one JSON document")
    ls.set_defaults(run=run_ls)

    show = commands.add_parser("show", help="one training job")
    show.add_argument("name", help="name of the training job")
    show.add_argument("--json", action="store_true", help="print one JSON document")
    show.set_defaults(run=run_show)

    logs = commands.add_parser("logs", help="the log lines of a training job, all its streams merged by time")
    logs.add_argument("name", help="name of the training job")
    logs.add_argument("--follow", "-f", action="store_true", help="go on until the job has ended")
    logs.add_argument("--json", action="store_true", help="print JSON Lines, one log line each")
    logs.set_defaults(run=run_logs)

    stop = commands.add_parser("stop", help="stop a training job")
    stop.add_argument("name", help="name of the training job")
    stop.add_argument("--json", action="store_true", help="print one JSON document")
    stop.set_defaults(run=run_stop)

    autopsy = commands.add_parser("autopsy", help="why a training job ended as it did")
    autopsy.add_argument("name", help="name of the training job")
    autopsy.add_argument("--json", action="store_true", help="print one JSON document")
    autopsy.set_defaults(run=run_autopsy)

    compare = commands.add_parser(
        "compare", help="what differs between two training jobs: settings, code, data, results"
    )
    compare.add_argument("first", help="name of a training job")
    compare.add_argument("second", help="name of the other one")
    compare.add_argument("--json", action="store_true", help="print one JSON document")
    compare.set_defaults(run=run_compare)

    jobs_tuning.add_parser(commands)


def run_ls(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..jobs.listing import list_jobs
    from ..jobs.models import JobsQuery, TrainingJobPage, TrainingJobSummary

    if args.limit < 1:
        print("--limit must be at least 1", file=sys.stderr)
        return 2
    session = AwsSession()
    jobs: list[TrainingJobSummary] = []
    token: str | None = None
    while True:
        query = JobsQuery(
            name_contains=args.name_contains,
            status_equals=args.status,
            next_token=token,
            max_results=min(100, args.limit - len(jobs)),
        )
        page = list_jobs(session, query)
        jobs += page.training_jobs
        token = page.next_token
        if token is None or len(jobs) >= args.limit:
            break
    if args.json:
        print(TrainingJobPage(training_jobs=jobs, next_token=token).model_dump_json())
    else:
        print_table(
            ("NAME", "STATUS", "CREATED", "ENDED"),
            [(job.training_job_name, job.training_job_status.value, job.creation_time, job.training_end_time)
             for job in jobs],
        )  # fmt: skip
        if token:
            print("There are more: raise --limit.", file=sys.stderr)
    return 0


def run_show(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..jobs.describe import describe_job

    _print_job(describe_job(AwsSession(), args.name), args.json)
    return 0


def run_stop(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..jobs.stop import stop_job

    job = stop_job(AwsSession(), args.name)
    if args.json:
        print(job.model_dump_json())
    else:
        print(f"{job.training_job_name} is {job.training_job_status.value}.")
    return 0


def run_logs(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..jobs.follow import StatusChange, follow
    from ..jobs.logs import read_logs
    from ..jobs.models import LogLine, LogQuery

    session = AwsSession()
    if args.follow:
        for event in follow(session, args.name):
            if isinstance(event, LogLine):
                _print_line(event, args.json)
            elif isinstance(event, StatusChange):
                _print_change(event)
        return 0
    query = LogQuery(training_job_name=args.name, limit=10_000)
    while lines := (page := read_logs(session, query)).lines:
        for line in lines:
            _print_line(line, args.json)
        query = query.model_copy(update={"cursor": page.cursor})
    return 0


def run_autopsy(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..jobs.autopsy import autopsy

    result = autopsy(AwsSession(), args.name)
    if args.json:
        print(result.model_dump_json())
        return 0
    where = result.location
    print_fields(
        [
            ("Status", result.training_job_status.value),
            ("Cause", result.title if result.certain else f"{result.title} (not certain)"),
            ("Suggestion", result.suggestion),
            ("Would decide", result.would_decide),
            ("Where", f"{where.path}, line {where.line}: {where.code}" if where else None),
            ("Caused by", result.traceback.caused_by if result.traceback else None),
            ("Exit code", f"{result.exit_code}: {result.exit_code_meaning}" if result.exit_code_meaning else None),
        ]
    )
    if result.last_lines:
        print("\nLast lines of the log:")
        for line in result.last_lines:
            print(f"  {line.message}")
    return 0


def run_compare(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..jobs.compare import compare_jobs
    from ..jobs.models import CompareRequest

    result = compare_jobs(AwsSession(), CompareRequest(first=args.first, second=args.second))
    if args.json:
        print(result.model_dump_json())
        return 0
    rows = [(each.section, each.name, each.first, each.second) for each in result.differences]
    rows += [("metrics", each.metric_name, _value(each.first), _value(each.second)) for each in result.metrics]
    print_table(("SECTION", "NAME", result.first, result.second), rows)
    for difference in result.differences:
        if difference.diff:
            print(f"\n{difference.diff}")
    print(f"\nEqual: {', '.join(result.equal) or 'nothing'}")
    for section, reason in result.unknown.items():
        print(f"Unknown: {section}: {reason}")
    return 0


def _value(metric: float | None) -> str | None:
    return None if metric is None else f"{metric:g}"


def _print_line(line: LogLine, as_json: bool) -> None:
    # Whoever reads a pipe wants each line now, not when a buffer is full.
    print(line.model_dump_json() if as_json else line.message, flush=True)


def _print_change(change: StatusChange) -> None:
    """On stderr: stdout carries the job's own lines and nothing else."""
    about = change.failure_reason or change.message
    print(f"== {change.secondary_status}" + (f": {about}" if about else ""), file=sys.stderr, flush=True)


def _print_job(job: TrainingJob, as_json: bool) -> None:
    if as_json:
        print(job.model_dump_json())
        return
    instances = f"{job.instance_count} x {job.instance_type}" if job.instance_type else None
    print_fields(
        [
            ("Name", job.training_job_name),
            ("Status", f"{job.training_job_status.value} ({job.secondary_status})"),
            ("Failure", job.failure_reason),
            ("Created", job.creation_time),
            ("Started", job.training_start_time),
            ("Ended", job.training_end_time),
            ("Billable seconds", job.billable_time_in_seconds),
            ("Instances", instances),
            ("Image", job.training_image or job.algorithm_name),
            ("Entry point", job.entry_point),
            ("Source code", job.source_dir),
            ("Role", job.role_arn),
            ("Model", job.model_artifacts),
            *((f"Channel {each.channel_name}", each.s3_uri) for each in job.channels),
            *((f"Hyperparameter {name}", value) for name, value in job.hyperparameters.items()),
            *((f"Environment {name}", value) for name, value in job.environment.items()),
            *((f"Metric {each.metric_name}", f"{each.value:g}") for each in job.final_metrics),
        ]
    )
