"""``jupyter smext jobs tuning``: hyperparameter tuning jobs in the terminal."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from .table import print_fields, print_table

if TYPE_CHECKING:
    from ..jobs.models import HyperParameterTuningJob, TunedRange, TuningCost

STATUSES = ("InProgress", "Completed", "Failed", "Stopping", "Stopped")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("tuning", help="list, show and stop hyperparameter tuning jobs")
    commands = parser.add_subparsers(dest="tuning_command", metavar="COMMAND", required=True)

    ls = commands.add_parser("ls", help="tuning jobs, newest first")
    ls.add_argument("--name-contains", metavar="TEXT", help="only tuning jobs with this in their name")
    ls.add_argument("--status", choices=STATUSES, help="only tuning jobs in this status")
    ls.add_argument("--limit", type=int, default=50, help="how many at most (default: 50)")
    ls.add_argument("--json", action="store_true", help="print one JSON document")
    ls.set_defaults(run=run_ls)

    show = commands.add_parser("show", help="one tuning job: its progress, its best training job, what it cost so far")
    show.add_argument("name", help="name of the tuning job")
    show.add_argument("--json", action="store_true", help="print one JSON document")
    show.set_defaults(run=run_show)

    trials = commands.add_parser("trials", help="the training jobs of a tuning job, what was tried and what came out")
    trials.add_argument("name", help="name of the tuning job")
    trials.add_argument("--best-first", action="store_true", help="by objective; without: in the order of their start")
    trials.add_argument("--json", action="store_true", help="print one JSON document")
    trials.set_defaults(run=run_trials)

    stop = commands.add_parser("stop", help="stop a tuning job and the training jobs that it runs")
    stop.add_argument("name", help="name of the tuning job")
    stop.add_argument("--json", action="store_true", help="print one JSON document")
    stop.set_defaults(run=run_stop)


def run_ls(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..jobs.models import TuningJobPage, TuningJobsQuery, TuningJobSummary
    from ..jobs.tuning import list_tuning_jobs

    if args.limit < 1:
        print("--limit must be at least 1", file=sys.stderr)
        return 2
    session = AwsSession()
    jobs: list[TuningJobSummary] = []
    token: str | None = None
    while True:
        query = TuningJobsQuery(
            name_contains=args.name_contains,
            status_equals=args.status,
            next_token=token,
            max_results=min(100, args.limit - len(jobs)),
        )
        page = list_tuning_jobs(session, query)
        jobs += page.tuning_jobs
        token = page.next_token
        if token is None or len(jobs) >= args.limit:
            break
    if args.json:
        print(TuningJobPage(tuning_jobs=jobs, next_token=token).model_dump_json())
        return 0
    print_table(
        ("NAME", "STATUS", "STRATEGY", "TRAINING JOBS", "CREATED", "ENDED"),
        [
            (
                job.hyper_parameter_tuning_job_name,
                job.hyper_parameter_tuning_job_status.value,
                job.strategy,
                _progress(job.training_job_status_counters, job.max_number_of_training_jobs),
                job.creation_time,
                job.hyper_parameter_tuning_end_time,
            )
            for job in jobs
        ],
    )
    if token:
        print("There are more: raise --limit.", file=sys.stderr)
    return 0


def run_show(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..jobs.tuning import describe_tuning_job, list_trials
    from ..jobs.tuning_cost import tuning_cost
    from ..prices.instances import price_table
    from .price import refreshed_prices

    session = AwsSession()
    job = describe_tuning_job(session, args.name)
    if args.json:
        print(job.model_dump_json())
        return 0
    cost = tuning_cost(job, list_trials(session, args.name), price_table(refreshed_prices()), session.region)
    _print_job(job, cost)
    return 0


def run_trials(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..jobs.models import TrialsResult
    from ..jobs.tuning import describe_tuning_job, list_trials
    from ..jobs.tuning_cost import tuning_cost
    from ..prices.instances import price_table
    from .price import refreshed_prices

    session = AwsSession()
    job = describe_tuning_job(session, args.name)
    trials = list_trials(session, args.name)
    if args.best_first:
        objective = job.definitions[0].objective
        sign = 1 if objective and objective.type == "Minimize" else -1
        trials.sort(key=lambda trial: (trial.objective is None, sign * (trial.objective or 0)))
    if args.json:
        cost = tuning_cost(job, trials, price_table(refreshed_prices()), session.region)
        print(TrialsResult(trials=trials, cost=cost).model_dump_json())
        return 0
    best = job.best_training_job.training_job_name if job.best_training_job else None
    names = list(dict.fromkeys(name for trial in trials for name in trial.tuned_hyperparameters))
    print_table(
        ("", "TRAINING JOB", "STATUS", "OBJECTIVE", *names, "STARTED", "ENDED"),
        [
            (
                "best" if trial.training_job_name == best else "",
                trial.training_job_name,
                trial.training_job_status.value,
                None if trial.objective is None else f"{trial.objective:g}",
                *(trial.tuned_hyperparameters.get(name) for name in names),
                trial.training_start_time,
                trial.training_end_time,
            )
            for trial in trials
        ],
    )
    for trial in trials:
        if trial.failure_reason:
            print(f"{trial.training_job_name}: {trial.failure_reason}", file=sys.stderr)
    return 0


def run_stop(args: argparse.Namespace) -> int:
    from ..aws.session import AwsSession
    from ..jobs.tuning import stop_tuning_job

    job = stop_tuning_job(AwsSession(), args.name)
    if args.json:
        print(job.model_dump_json())
    else:
        print(f"{job.hyper_parameter_tuning_job_name} is {job.hyper_parameter_tuning_job_status.value}.")
    return 0


def _print_job(job: HyperParameterTuningJob, cost: TuningCost) -> None:
    best = job.best_training_job
    print_fields(
        [
            ("Name", job.hyper_parameter_tuning_job_name),
            ("Status", job.hyper_parameter_tuning_job_status.value),
            ("Failure", job.failure_reason),
            ("Created", job.creation_time),
            ("Ended", job.hyper_parameter_tuning_end_time),
            ("Strategy", job.strategy),
            ("Training jobs", _progress(job.training_job_status_counters, job.max_number_of_training_jobs)),
            ("At once", job.max_parallel_training_jobs),
            ("Billable seconds", cost.billable_seconds),
            ("Cost so far", _cost(cost)),
            ("Learned from", ", ".join(job.parents)),
            *(
                (
                    f"Objective {each.definition_name or ''}".strip(),
                    f"{each.objective.type} {each.objective.metric_name}",
                )
                for each in job.definitions
                if each.objective
            ),
            *((f"Range {each.name}", _range(each)) for definition in job.definitions for each in definition.ranges),
            ("Best", best and f"{best.training_job_name}: {best.objective:g}"),
            *((f"Its {name}", value) for name, value in (best.tuned_hyperparameters if best else {}).items()),
        ]
    )


def _progress(counters: dict[str, int], most: int | None) -> str:
    """`3 Completed, 1 InProgress of 10`."""
    counts = ", ".join(f"{count} {status}" for status, count in counters.items() if count) or "0"
    return counts if most is None else f"{counts} of {most}"


def _cost(cost: TuningCost) -> str:
    if cost.usd_so_far is None:
        return f"unknown: no price is known for {', '.join(cost.unpriced)}"
    return f"{'at most ' if cost.at_most else ''}{cost.usd_so_far:.2f} USD"


def _range(given: TunedRange) -> str:
    if given.min_value is None:
        return ", ".join(given.values)
    scaling = f", {given.scaling_type}" if given.scaling_type and given.scaling_type != "Auto" else ""
    return f"{given.min_value:g} to {given.max_value:g}{scaling}"
