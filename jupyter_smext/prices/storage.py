"""What storing a GB for a month costs, where a dated source says so. No price known is no price, never 0.

List prices before taxes, of the first 50 TB, without requests, retrieval, monitoring and minimum durations; AWS counts
a GB as 2**30 bytes. https://aws.amazon.com/s3/pricing/ is where the current ones stand.
"""

from __future__ import annotations

from typing import NamedTuple


class Price(NamedTuple):
    usd: float
    as_of: str


_MARCH = "2026-03"
_SEPTEMBER = "2026-09-18"

# (region, storage class as ListObjectsV2 names it) -> USD per GB-month.
_PRICES: dict[tuple[str, str], Price] = {
    ("us-east-1", "STANDARD"): Price(0.023, _SEPTEMBER),
    ("us-east-1", "INTELLIGENT_TIERING"): Price(0.023, _MARCH),  # of the frequent access tier: the most it can cost
    ("us-east-1", "STANDARD_IA"): Price(0.0125, _MARCH),
    ("us-east-1", "ONEZONE_IA"): Price(0.01, _MARCH),
    ("us-east-1", "GLACIER_IR"): Price(0.004, _MARCH),
    ("us-east-1", "GLACIER"): Price(0.0036, _MARCH),
    ("us-east-1", "DEEP_ARCHIVE"): Price(0.00099, _MARCH),
    ("ap-south-1", "STANDARD"): Price(0.025, _SEPTEMBER),
}

# Where the home folders of SageMaker Studio lie, for comparison.
EBS_OF_A_SPACE = {"us-east-1": Price(0.112, "2026-09-27")}
EFS_STANDARD = {"us-east-1": Price(0.30, "2026-06")}

# Of the volume of a training instance. Other regions: not known.
TRAINING_VOLUME = {"eu-west-1": Price(0.154, "2023-12")}

GB = 2**30


def price(region: str, storage_class: str) -> Price | None:
    return _PRICES.get((region, storage_class))


def monthly(region: str, storage_class: str, size: int) -> float | None:
    """USD a month for ``size`` bytes, or None where we know no price."""
    known = price(region, storage_class)
    return None if known is None else known.usd * size / GB
