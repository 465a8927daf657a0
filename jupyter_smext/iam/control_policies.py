"""Whether service and resource control policies can bind the caller's account.

The policies themselves are read by the organization's administrators only. Outside of an organization there are none,
and in its management account they have no effect.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from ..aws.session import AwsSession
from .remembered import remembered
from .sight import Looked, look


def control_policies_apply(session: AwsSession, *, refresh: bool = False) -> Looked[bool]:
    """Whether they may apply; no value where that could not be found out.

    Permission: `organizations:DescribeOrganization`.
    """

    def ask() -> Looked[bool]:
        return look("organizations:DescribeOrganization", lambda: _may_apply(session))

    return remembered(session, "organization", ask, refresh=refresh)


def _may_apply(session: AwsSession) -> bool:
    account = session.identity().account
    try:
        organization: dict[str, Any] = session.client("organizations").describe_organization()["Organization"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "AWSOrganizationsNotInUseException":
            return False
        raise
    return bool(organization["MasterAccountId"] != account)
