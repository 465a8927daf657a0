"""Runs all checks of a preflight, those that ask AWS at the same time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from pathlib import Path
from typing import Any

from ...aws.errors import ErrorCode, SmextError, from_aws
from ...aws.session import AwsSession
from ...prices.instances import PriceTable
from ..check import check
from ..defaults import layers_of
from ..launch import OPERATIONS, preview
from ..models import Finding, FindingLevel, PreflightResult
from ..price import estimate
from ..profile import profile_of
from ..request import Place
from ..tuning import jobs_of
from .channels import check_channel, check_channels_of_algorithm, check_output
from .configuration import check_configuration
from .context import Context, error, unknown
from .cost import check_cost
from .hyperparameters import check_hyperparameters, check_metrics
from .permissions import check_permissions, not_checked
from .quota import check_quota
from .requirements import check_requirements
from .script import check_script
from .source import check_source

Check = Callable[[], Iterable[Finding]]

# Calls at once: enough for the channels of an ordinary job, and polite to the account's limits.
PARALLEL = 8

# The iam room remembers what it read, so that the next preflight gets further.
WAIT_FOR_IAM_SECONDS = 4.0

_ORDER = [FindingLevel.ERROR, FindingLevel.WARNING, FindingLevel.UNKNOWN]


def preflight(
    aws: AwsSession,
    data: Mapping[str, Any],
    folder: Path,
    prices: PriceTable,
    *,
    sample_log: str | None = None,
    max_cost_usd: float | None = None,
) -> PreflightResult:
    """Look for what would make the launch fail. Only Get, List, Describe and Head calls; nothing is written anywhere.

    ``sample_log`` is text on which metric expressions are tried; ``max_cost_usd`` the administrator's cap. What could
    not be looked at is a finding too, of level unknown. Permissions, each optional: `s3:ListBucket`, `s3:GetObject`
    on the channels, `servicequotas:ListServiceQuotas`, and those of the iam room.
    """
    began = time.monotonic()
    checked = check(data, profile_of(aws), layers=layers_of(aws))
    findings = [
        error("SpecInvalid", each.path, each.message, f"Did you mean {each.suggestion}?" if each.suggestion else None)
        for each in checked.problems
    ]
    price = None
    if checked.spec is not None and not findings:
        spec, place = checked.spec, Place.of(aws.identity())
        price = estimate(spec, place.region, prices)
        paths = ["spec", *(f"tuning.definitions[{index}].spec" for index in range(len(jobs_of(spec)) - 1))]
        contexts = [
            Context(aws, spec, job, path, place, folder, prices, sample_log, max_cost_usd)
            for job, path in zip(jobs_of(spec), paths, strict=True)
        ]
        checks = [each for context in contexts for each in _checks(context)]
        pool = ThreadPoolExecutor(PARALLEL, thread_name_prefix="smext-preflight")
        # What IAM says takes longest: it is asked first, beside all others.
        request = pool.submit(_request, aws, spec.kind, data, folder)
        for found in pool.map(_safely, checks):
            findings += found
        pool.shutdown(wait=False)
        findings += list(check_cost(contexts[0], price))
        explained = any(each.level is FindingLevel.ERROR for each in findings)
        try:
            findings += request.result(timeout=max(0, began + WAIT_FOR_IAM_SECONDS - time.monotonic()))
        except NotYet:
            findings.append(not_checked(f"IAM had not answered all questions after {WAIT_FOR_IAM_SECONDS:g} s."))
        except SmextError as failure:
            code = "NeedsNewerBoto3" if failure.code is ErrorCode.NOT_SUPPORTED else "RequestInvalid"
            if not explained:
                findings.append(error(code, "", failure.envelope.message, failure.envelope.hint))
            findings.append(not_checked("There is no request that IAM could be asked about."))
    findings.sort(key=lambda each: _ORDER.index(each.level))
    return PreflightResult(findings=findings, price=price, seconds=round(time.monotonic() - began, 3))


def _checks(context: Context) -> list[Check]:
    checks: list[Check] = [
        lambda: check_configuration(context),
        lambda: check_source(context),
        lambda: check_script(context),
        lambda: check_requirements(context),
        lambda: check_hyperparameters(context),
        lambda: check_metrics(context),
        lambda: check_channels_of_algorithm(context),
        lambda: check_output(context),
        lambda: check_quota(context),
    ]
    for index in range(len(context.job.input_data_config)):
        checks.append(lambda index=index: check_channel(context, index))  # type: ignore[misc]
    return checks


def _safely(one: Check) -> list[Finding]:
    """A check that breaks is a check that was not made."""
    try:
        return list(one())
    except Exception as failure:
        return [unknown("CheckFailed", "", f"A check could not be made: {from_aws(failure).envelope.message}")]


def _request(aws: AwsSession, kind: str, data: Mapping[str, Any], folder: Path) -> list[Finding]:
    """Raises :class:`SmextError` where no request can be made."""
    request = preview(aws, data, folder)
    try:
        aws.require("sagemaker", OPERATIONS[kind], request)
    except SmextError as refusal:
        return [error("SetByAdmin", "spec", refusal.envelope.message, refusal.envelope.hint)]
    return list(check_permissions(aws, OPERATIONS[kind], request))
