"""Whether the account's quota has room for the instances.

Call: `servicequotas:ListServiceQuotas`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ...aws.errors import from_aws
from ..models import Finding, TuningSpec
from ..quotas import listed_quotas, quota_name
from .context import Context, error, unknown


def check_quota(context: Context) -> Iterator[Finding]:
    """Findings about quotas; what cannot be asked is unknown."""
    compute = context.job.compute
    at_once = (
        context.spec.tuning.resource_limits.max_parallel_training_jobs if isinstance(context.spec, TuningSpec) else 1
    )
    wanted: Counter[str] = Counter()
    if compute.instance_type:
        wanted[compute.instance_type] += compute.instance_count * at_once
    for group in compute.instance_groups:
        wanted[group.instance_type] += group.instance_count * at_once
    wanted = Counter({name: count for name, count in wanted.items() if not name.startswith("local")})
    if not wanted:
        return
    path = f"{context.path}.compute"
    spot = compute.enable_managed_spot_training
    names = {each: quota_name(each, spot=spot) for each in wanted}
    try:
        quotas = _quotas(context, set(names.values()))
    except Exception as failure:
        yield unknown(
            "QuotaNotRead",
            path,
            f"The quotas could not be read: {from_aws(failure).envelope.message}",
            "servicequotas:ListServiceQuotas would decide it.",
        )
        return
    for instance_type, count in wanted.items():
        name = names[instance_type]
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
