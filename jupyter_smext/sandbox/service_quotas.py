"""Service Quotas: how many instances of each type training, processing and endpoints may use at once.

The quotas have AWS's names, and codes and values of the sandbox's own: none of the largest accelerators, as in a new
account, few of the other GPUs, and enough of the rest. Who requests more of one gets it at once, where AWS looks at it.
https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_Operations.html
"""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Callable
from functools import cached_property
from typing import Any

from botocore.model import ServiceModel

from jupyter_smext.sandbox.account import ACCOUNT_ID, partition
from jupyter_smext.sandbox.caller import Caller
from jupyter_smext.sandbox.database import Database
from jupyter_smext.sandbox.errors import AwsError
from jupyter_smext.sandbox.json_service import Operation

TRAINING = "training job usage"
SPOT_TRAINING = "spot training job usage"
_PROCESSING = "processing job usage"
_ENDPOINT = "endpoint usage"

# What a quota is for -> the shape of SageMaker's API that lists its instance types.
_TYPES = {
    TRAINING: "TrainingInstanceType",
    SPOT_TRAINING: "TrainingInstanceType",
    _PROCESSING: "ProcessingInstanceType",
    _ENDPOINT: "ProductionVariantInstanceType",
}
# A new account has a quota of 0 for these; whoever wants one asks AWS for it first.
WITHOUT_QUOTA = ("ml.p3dn.", "ml.p4d.", "ml.p4de.", "ml.p5.", "ml.p5e.", "ml.p5en.", "ml.p6", "ml.trn")
_OTHER_GPUS, _GPU_VALUE, _CPU_VALUE = ("ml.g", "ml.p", "ml.inf"), 4.0, 20.0
_PAGE = 100

_SCHEMA = """
CREATE TABLE IF NOT EXISTS service_quota (
    region TEXT NOT NULL, code TEXT NOT NULL, value REAL NOT NULL, PRIMARY KEY (region, code)
);
"""


def quota_name(instance_type: str, usage: str) -> str:
    return f"{instance_type} for {usage}"


class ServiceQuotas:
    """The quotas of SageMaker in all regions."""

    def __init__(self, database: Database, sagemaker: Callable[[], ServiceModel]) -> None:
        """``sagemaker`` gives the service's model, which is read when somebody asks for a quota."""
        self._database = database
        self._sagemaker = sagemaker
        database.create_tables(_SCHEMA)

    def operations(self) -> dict[str, Operation]:
        return {
            "ListServiceQuotas": self.list_quotas,
            "GetServiceQuota": self.get_quota,
            "ListAWSDefaultServiceQuotas": self.list_default_quotas,
            "GetAWSDefaultServiceQuota": self.get_default_quota,
            "RequestServiceQuotaIncrease": self.request_increase,
        }

    def value(self, region: str, name: str) -> float:
        """How many instances the quota of this name allows."""
        kept = self._database.row("SELECT value FROM service_quota WHERE region=? AND code=?", (region, _code(name)))
        return float(kept["value"]) if kept else _default(name)

    def list_quotas(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        return self._page(request, lambda name: _described(caller, name, self.value(caller.region, name)))

    def get_quota(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        name = self._named(request)
        return {"Quota": _described(caller, name, self.value(caller.region, name))}

    def list_default_quotas(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        return self._page(request, lambda name: _described(caller, name, _default(name)))

    def get_default_quota(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        name = self._named(request)
        return {"Quota": _described(caller, name, _default(name))}

    def request_increase(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        name, desired = self._named(request), request["DesiredValue"]
        if desired <= self.value(caller.region, name):
            raise AwsError("IllegalArgumentException", "The desired value must be more than the quota's value.")
        self._database.execute(
            "INSERT OR REPLACE INTO service_quota VALUES (?, ?, ?)", (caller.region, _code(name), desired)
        )
        quota = _described(caller, name, desired)
        members = ("ServiceCode", "ServiceName", "QuotaCode", "QuotaName", "QuotaArn", "GlobalQuota", "Unit")
        change = {member: quota[member] for member in members}
        now = time.time()
        change |= {"Id": uuid.uuid4().hex, "DesiredValue": desired, "Status": "APPROVED"}
        return {"RequestedQuota": change | {"Created": now, "LastUpdated": now}}

    @cached_property
    def _names(self) -> dict[str, str]:
        """The names by their codes, in the order of a list."""
        model = self._sagemaker()
        names = sorted(
            quota_name(each, usage)
            for usage, shape in _TYPES.items()
            for each in model.shape_for(shape).metadata["enum"]
        )
        return {_code(name): name for name in names}

    def _named(self, request: dict[str, Any]) -> str:
        _require_sagemaker(request)
        name = self._names.get(request["QuotaCode"])
        if name is None:
            raise AwsError("NoSuchResourceException", "The request failed because the specified quota does not exist.")
        return name

    def _page(self, request: dict[str, Any], describe: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
        _require_sagemaker(request)
        names = [name for code, name in self._names.items() if request.get("QuotaCode", code) == code]
        token = request.get("NextToken", "0")
        if not token.isdigit():
            raise AwsError("InvalidPaginationTokenException", "The pagination token is not valid.")
        last = int(token) + request.get("MaxResults", _PAGE)
        answer: dict[str, Any] = {"Quotas": [describe(name) for name in names[int(token) : last]]}
        return answer | ({"NextToken": str(last)} if len(names) > last else {})


def _require_sagemaker(request: dict[str, Any]) -> None:
    if request["ServiceCode"] != "sagemaker":
        raise AwsError("NoSuchResourceException", "The sandbox has quotas of the service sagemaker only.")


def _default(name: str) -> float:
    if name.startswith(WITHOUT_QUOTA):
        return 0.0
    return _GPU_VALUE if name.startswith(_OTHER_GPUS) else _CPU_VALUE


def _code(name: str) -> str:
    return f"L-{hashlib.sha256(name.encode()).hexdigest()[:8].upper()}"


def _described(caller: Caller, name: str, value: float) -> dict[str, Any]:
    region, code = caller.region, _code(name)
    return {
        "ServiceCode": "sagemaker",
        "ServiceName": "Amazon SageMaker",
        "QuotaArn": f"arn:{partition(region)}:servicequotas:{region}:{ACCOUNT_ID}:sagemaker/{code}",
        "QuotaCode": code,
        "QuotaName": name,
        "Value": value,
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
        "QuotaAppliedAtLevel": "ACCOUNT",
    }
