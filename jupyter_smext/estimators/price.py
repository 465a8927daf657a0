"""The most that a job can cost, before it is launched, and which parts of that are not known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..aws.session import AwsSession
from ..prices.instances import PriceTable
from ..prices.storage import TRAINING_VOLUME
from .check import valid_spec
from .defaults import layers_of
from .models import JobSpec, PriceEstimate, PriceLine, Spec, TuningSpec
from .profile import profile_of
from .tuning import jobs_of

HOURS_PER_MONTH = 730


def price_of(aws: AwsSession, data: Mapping[str, Any], table: PriceTable) -> PriceEstimate:
    """The estimate for a document that may not be valid yet. Raises `InvalidRequest` where it is not."""
    return estimate(valid_spec(data, profile_of(aws), layers_of(aws)), aws.region, table)


def estimate(spec: Spec, region: str, table: PriceTable) -> PriceEstimate:
    """The upper bound: price x instances x longest run x jobs, on demand. No tax, no discounts, no free tier.

    Where one part has no price, the sum has none either: ``usd_at_most`` is None, never a smaller sum.
    """
    jobs = 1
    if isinstance(spec, TuningSpec):
        jobs = spec.tuning.number_of_training_jobs or 1
    # Of several definitions any may be tried most: the dearest counts, and one without a price before all others.
    lines = max((_lines(job, region, table, jobs) for job in jobs_of(spec)), key=_weight)
    notes = [note for job in jobs_of(spec) for note in _notes(job, region)]
    if isinstance(spec, TuningSpec):
        notes.append(f"At most {jobs} training jobs, each as long as it may run.")
    known = [line.usd for line in lines if line.usd is not None]
    complete = all(line.usd is not None for line in lines if not line.optional)
    return PriceEstimate(
        usd_at_most=round(sum(known), 4) if complete and known else None,
        about=any(line.usd is not None and line.component != "Training" for line in lines if not line.optional),
        lines=lines,
        notes=list(dict.fromkeys(notes)),
        region=region,
        table_date=table.generated,
    )


def _lines(job: JobSpec, region: str, table: PriceTable, jobs: int) -> list[PriceLine]:
    return [*_compute(job, region, table, jobs), *_warm_pool(job, region, table), *_storage(job, region, jobs)]


def _weight(lines: list[PriceLine]) -> tuple[bool, float]:
    return any(line.usd is None for line in lines), sum(line.usd or 0 for line in lines)


def _compute(job: JobSpec, region: str, table: PriceTable, jobs: int) -> list[PriceLine]:
    hours = job.stopping_condition.max_runtime_in_seconds / 3600 * jobs
    compute = job.compute
    if compute.instance_groups:
        wanted = [(each.instance_type, each.instance_count) for each in compute.instance_groups]
    elif compute.instance_preferences:
        options = [
            (each.instance_type, each.instance_count or compute.instance_count) for each in compute.instance_preferences
        ]
        lines = [_line(instance_type, count, hours, region, table) for instance_type, count in options]
        unknown = [line for line in lines if line.usd is None]
        return unknown[:1] or [max(lines, key=lambda line: line.usd or 0)]
    else:
        wanted = [(compute.instance_type or "", compute.instance_count)]
    return [_line(instance_type, count, hours, region, table) for instance_type, count in wanted]


def _line(instance_type: str, count: int, hours: float, region: str, table: PriceTable) -> PriceLine:
    what = f"{count} x {instance_type}, {hours:g} h at most"
    if instance_type.startswith("local"):
        return PriceLine(what="this machine", usd=0, usd_per_hour=0, component="Training", as_of=None)
    price = table.training(region, instance_type)
    if price is None:
        return PriceLine(what=what, usd=None, usd_per_hour=None, component=None, as_of=None)
    return PriceLine(
        what=what,
        usd=price.usd_per_hour * count * hours,
        usd_per_hour=price.usd_per_hour,
        component=price.component,
        as_of=price.as_of,
    )


def _warm_pool(job: JobSpec, region: str, table: PriceTable) -> list[PriceLine]:
    seconds = job.compute.keep_alive_period_in_seconds
    if not seconds:
        return []
    hours = seconds / 3600
    lines = _compute(job, region, table, 1)
    for line in lines:
        if line.usd_per_hour is not None and line.usd is not None:
            line.usd = line.usd * hours / (job.stopping_condition.max_runtime_in_seconds / 3600)
        line.what = f"warm pool after it, {hours:g} h at most"
    return lines


def _storage(job: JobSpec, region: str, jobs: int) -> list[PriceLine]:
    if region not in TRAINING_VOLUME or (job.compute.instance_type or "").startswith("local"):
        return []
    rate, as_of = TRAINING_VOLUME[region]
    count = sum(each.instance_count for each in job.compute.instance_groups) or job.compute.instance_count
    hours = job.stopping_condition.max_runtime_in_seconds / 3600 * jobs
    return [
        PriceLine(
            what=f"{count} x {job.compute.volume_size_in_gb} GB volume",
            usd=rate * job.compute.volume_size_in_gb * count * hours / HOURS_PER_MONTH,
            usd_per_hour=None,
            component="Training",
            as_of=as_of,
            optional=True,
        )
    ]


def _notes(job: JobSpec, region: str) -> list[str]:
    notes = []
    if region not in TRAINING_VOLUME:
        notes.append("The volume's price is not known for this region, and not in the sum; it is small beside compute.")
    if job.compute.enable_managed_spot_training:
        notes.append("Spot is cheaper; no rate is published, so that this is the price on demand.")
    if job.retry_strategy:
        notes.append("A retry after an error of AWS may run for as long again; it is not in the sum.")
    if job.debug_rule_configurations or job.profiler_rule_configurations:
        notes.append("Rules of the debugger and profiler are billed as processing jobs; they are not in the sum.")
    if job.algorithm.algorithm_name:
        notes.append("An algorithm of the Marketplace has a price of its own; it is not in the sum.")
    return notes
