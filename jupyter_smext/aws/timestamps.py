"""Read the moments in AWS's answers without guessing at their format, which takes botocore a third of a small call."""

from __future__ import annotations

from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.utils import parse_timestamp as parse_any_timestamp


def parse_timestamp(value: Any) -> datetime:
    """What botocore's own function answers; a header's (RFC 9110) or an element's (ISO 8601) way is read at once."""
    if isinstance(value, str):
        try:
            if value.endswith("GMT"):
                return parsedate_to_datetime(value).replace(tzinfo=timezone.utc)
            if value.endswith("Z"):
                return datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
        except ValueError:
            pass
    moment: datetime = parse_any_timestamp(value)
    return moment
