"""How many instances of each type the account may train on at once, from Service Quotas.

The names of the quotas say the type: "ml.m5.large for training job usage".
https://docs.aws.amazon.com/general/latest/gr/sagemaker.html#limits_sagemaker
"""

from __future__ import annotations

from collections.abc import Iterator

from ..aws.errors import from_aws
from ..aws.session import AwsSession
from .models import InstanceQuota, InstanceQuotas

ON_DEMAND = "training job usage"
SPOT = "spot training job usage"


def quota_name(instance_type: str, *, spot: bool) -> str:
    return f"{instance_type} for {SPOT if spot else ON_DEMAND}"


def listed_quotas(aws: AwsSession) -> Iterator[tuple[str, float]]:
    """Name and value of every quota of SageMaker, page by page. Permission: `servicequotas:ListServiceQuotas`."""
    pages = aws.client("service-quotas").get_paginator("list_service_quotas").paginate(ServiceCode="sagemaker")
    for page in pages:
        for quota in page["Quotas"]:
            yield quota["QuotaName"], quota["Value"]


def training_quotas(aws: AwsSession) -> InstanceQuotas:
    """The quotas of all types in one pass; where they may not be read, none, and the reason.

    Permission: `servicequotas:ListServiceQuotas`.
    """
    found: dict[str, InstanceQuota] = {}
    try:
        for name, value in listed_quotas(aws):
            instance_type, _, usage = name.partition(" for ")
            if usage in (ON_DEMAND, SPOT):
                quota = found.setdefault(instance_type, InstanceQuota(instance_type=instance_type))
                if usage == SPOT:
                    quota.spot = value
                else:
                    quota.on_demand = value
    except Exception as error:
        return InstanceQuotas(quotas=[], problem=from_aws(error).envelope)
    return InstanceQuotas(quotas=list(found.values()))
