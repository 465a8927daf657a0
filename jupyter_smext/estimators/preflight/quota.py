"""Whether the account's quota has room for the instances.

Call: `servicequotas:ListServiceQuotas`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from ...aws.errors import from_aws
from ..models import Finding, FindingLevel, TuningSpec
from ..quotas import listed_quotas, quota_name
from .context import Context, error, unknown


def check_quota(context: Context) -> Iterator[Finding]:
    """Findings about quotas; what cannot be asked is unknown."""
    compute = context.job.compute
    at_once = (
        context.spec.tuning.resource_limits.max_parallel_training_jobs if isinstance(context.spec, TuningSpec) else 1
    )
    needed: Counter[str] = Counter()
    if compute.instance_type and not compute.instance_type.startswith("local"):
        needed[compute.instance_type] += compute.instance_count * at_once
    for group in compute.instance_groups:
        needed[group.instance_type] += group.instance_count * at_once
    preferred = {
        each.instance_type: (each.instance_count or compute.instance_count) * at_once
        for each in compute.instance_preferences
    }
    if not needed and not preferred:
        return
    path = f"{context.path}.compute"
    spot = compute.enable_managed_spot_training
    try:
        quotas = _quotas(context, {quota_name(each, spot=spot) for each in [*needed, *preferred]})
    except Exception as failure:
        yield unknown(
            "QuotaNotRead",
            path,
            f"The quotas could not be read: {from_aws(failure).envelope.message}",
            "servicequotas:ListServiceQuotas would decide it.",
        )
        return
    for instance_type, count in needed.items():
        yield from _findings(path, quota_name(instance_type, spot=spot), count, quotas)
    # Of those that are preferred, one that has room is enough.
    found = [list(_findings(path, quota_name(each, spot=spot), count, quotas)) for each, count in preferred.items()]
    if all(found):
        undecided = [each for each in found if each[0].level is FindingLevel.UNKNOWN]
        yield from (undecided or found)[0] if found else []


def _findings(path: str, name: str, count: int, quotas: Mapping[str, float]) -> Iterator[Finding]:
    quota = quotas.get(name)
    if quota is None:
        yield unknown("QuotaNotRead", path, f"No quota of the name `{name}` was found.")
    elif quota < count:
        yield error(
            "QuotaTooSmall",
            path,
            f"The account may use {quota:g} {name}, and the job needs {count}.",
            "Request more in Service Quotas, or choose another type.",
        )


def _quotas(context: Context, names: set[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, value in listed_quotas(context.aws):
        if name in names:
            found[name] = value
            if len(found) == len(names):
                break
    return found
