"""What a tuning job costs, from the times of its training jobs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from fake_session import NOW

from jupyter_smext.jobs.models import HyperParameterTuningJob, TrainingJobStatus, Trial, TuningCost
from jupyter_smext.jobs.tuning_cost import tuning_cost
from jupyter_smext.prices.instances import PriceTable

REGION = "eu-central-1"
PRICES = PriceTable(
    {REGION: {"cheap": {"Training": [1.0, "2026-01"]}, "dear": {"Training": [3.0, "2026-01"]}}}, "2026-01"
)
HOUR = timedelta(hours=1)


def trial(*, started: bool = True, hours: float | None = 1, definition: str | None = None) -> Trial:
    return Trial(
        training_job_name="trial",
        training_job_status=TrainingJobStatus.COMPLETED if hours else TrainingJobStatus.IN_PROGRESS,
        training_job_definition_name=definition,
        creation_time=NOW,
        training_start_time=NOW if started else None,
        training_end_time=NOW + hours * HOUR if hours else None,
    )


def cost(trials: list[Trial], *definitions: dict[str, Any]) -> TuningCost:
    job = HyperParameterTuningJob.model_validate(
        {
            "hyper_parameter_tuning_job_name": "tune",
            "hyper_parameter_tuning_job_arn": "arn",
            "hyper_parameter_tuning_job_status": "InProgress",
            "creation_time": NOW,
            "strategy": "Random",
            "definitions": definitions,
        }
    )
    return tuning_cost(job, trials, PRICES, REGION, now=NOW + 2 * HOUR)


def on(*types: str, count: int = 1, **more: Any) -> dict[str, Any]:
    return {"instances": [{"instance_type": each, "instance_count": count} for each in types], **more}


def test_what_ended_counts_to_its_end_and_what_runs_to_now() -> None:
    found = cost([trial(hours=1), trial(hours=None), trial(started=False, hours=None)], on("cheap", count=2))
    assert (found.billable_seconds, found.usd_so_far) == (3 * 3600, 6.0)
    assert (found.running, found.usd_per_hour) == (1, 2.0)
    assert not found.at_most


def test_each_training_job_costs_what_its_definition_does() -> None:
    found = cost(
        [trial(definition="a"), trial(definition="b")],
        on("cheap", definition_name="a"),
        on("dear", definition_name="b"),
    )
    assert found.usd_so_far == 4.0


def test_the_dearest_of_several_types_and_spot_are_a_bound() -> None:
    either = cost([trial()], on("cheap", "dear"))
    assert (either.usd_so_far, either.at_most) == (3.0, True)
    assert cost([trial()], on("cheap", enable_managed_spot_training=True)).at_most


def test_without_a_price_there_is_no_figure() -> None:
    found = cost([trial(), trial(hours=None)], on("cheap", "new"))
    assert (found.usd_so_far, found.usd_per_hour, found.unpriced) == (None, None, ["new"])
    assert (found.billable_seconds, found.running) == (3 * 3600, 1)


def test_nothing_has_run_yet() -> None:
    assert cost([], on("new")).model_dump() == {
        "billable_seconds": 0, "usd_so_far": 0.0, "running": 0, "usd_per_hour": 0.0, "at_most": False, "unpriced": [],
    }  # fmt: skip
