"""Whether the account's quota has room for the instances.

Call: `servicequotas:ListServiceQuotas`, whose names say the type: "ml.m5.large for training job usage".
https://docs.aws.amazon.com/general/latest/gr/sagemaker.html#limits_sagemaker
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ...aws.errors import from_aws
from ..models import Finding, TuningSpec
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
    kind = "spot training job usage" if compute.enable_managed_spot_training else "training job usage"
    try:
        quotas = _quotas(context, {f"{name} for {kind}" for name in wanted})
    except Exception as failure:
        yield unknown(
            "QuotaNotRead",
            path,
            f"The quotas could not be read: {from_aws(failure).envelope.message}",
            "servicequotas:ListServiceQuotas would decide it.",
        )
        return
    for name, count in wanted.items():
        quota = quotas.get(f"{name} for {kind}")
        if quota is None:
            yield unknown("QuotaNotRead", path, f"No quota of the name `{name} for {kind}` was found.")
        elif quota < count:
            yield error(
                "QuotaTooSmall",
                path,
                f"The account may use {quota:g} {name} for {kind}, and the job needs {count}.",
                "Request more in Service Quotas, or choose another type.",
            )


def _quotas(context: Context, names: set[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    client = context.aws.client("service-quotas")
    for page in client.get_paginator("list_service_quotas").paginate(ServiceCode="sagemaker"):
        for each in page["Quotas"]:
            if each["QuotaName"] in names:
                found[each["QuotaName"]] = each["Value"]
        if len(found) == len(names):
            break
    return found
