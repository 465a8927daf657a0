"""What the training jobs of a tuning job cost so far, and by the hour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone

from ..prices.instances import PriceTable
from .models import HyperParameterTuningJob, InstanceChoice, Trial, TrialDefinition, TuningCost


def tuning_cost(
    job: HyperParameterTuningJob,
    trials: Sequence[Trial],
    prices: PriceTable,
    region: str,
    *,
    now: datetime | None = None,
) -> TuningCost:
    """The cost on demand. AWS is not asked.

    A training job is billed from `TrainingStartTime` to `TrainingEndTime`; where AWS chooses among several instance
    types it does not say which it took, so the dearest counts.
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperParameterTrainingJobSummary.html
    """
    now = now or datetime.now(timezone.utc)
    definitions = {each.definition_name: each for each in job.definitions}
    seconds = running = 0
    usd: float | None = 0.0
    usd_per_hour: float | None = 0.0
    at_most = False
    unpriced: dict[str, None] = {}
    for trial in trials:
        if trial.training_start_time is None:
            continue
        # The trials of a tuning job with a single definition name none.
        definition = definitions.get(trial.training_job_definition_name) or job.definitions[0]
        hourly = _usd_per_hour(definition, prices, region)
        lasted = max(0, round(((trial.training_end_time or now) - trial.training_start_time).total_seconds()))
        seconds += lasted
        usd = None if usd is None or hourly is None else usd + hourly * lasted / 3600
        if trial.training_end_time is None:
            running += 1
            usd_per_hour = None if usd_per_hour is None or hourly is None else usd_per_hour + hourly
        at_most = at_most or definition.enable_managed_spot_training or len(definition.instances) > 1
        unpriced |= dict.fromkeys(
            each.instance_type for each in definition.instances if prices.training(region, each.instance_type) is None
        )
    return TuningCost(
        billable_seconds=seconds,
        usd_so_far=usd,
        running=running,
        usd_per_hour=usd_per_hour,
        at_most=at_most,
        unpriced=list(unpriced),
    )


def _usd_per_hour(definition: TrialDefinition, prices: PriceTable, region: str) -> float | None:
    """Of one training job; None where the price of one of its instance types is not known."""
    all_known = [_price_of(each, prices, region) for each in definition.instances]
    known = [price for price in all_known if price is not None]
    return max(known) if known and len(known) == len(all_known) else None


def _price_of(choice: InstanceChoice, prices: PriceTable, region: str) -> float | None:
    price = prices.training(region, choice.instance_type)
    return price.usd_per_hour * choice.instance_count if price else None
