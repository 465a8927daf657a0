"""The status of one thing of Studio, by its path: what the poller asks.

A path is a domain's id, `DOMAIN/PROFILE`, `DOMAIN/SPACE`, or `DOMAIN/SPACE-OR-PROFILE/APP-TYPE/APP-NAME`.
"""

from __future__ import annotations

from ..aws.session import AwsSession
from .models import App


def domain_status(session: AwsSession, path: str) -> str | None:
    """Null once it is gone. Permission: `sagemaker:DescribeDomain`."""
    return _status(session, "describe_domain", DomainId=path)


def profile_status(session: AwsSession, path: str) -> str | None:
    """Null once it is gone. Permission: `sagemaker:DescribeUserProfile`."""
    domain_id, name = path.split("/")
    return _status(session, "describe_user_profile", DomainId=domain_id, UserProfileName=name)


def space_status(session: AwsSession, path: str) -> str | None:
    """Null once it is gone. Permission: `sagemaker:DescribeSpace`."""
    domain_id, name = path.split("/")
    return _status(session, "describe_space", DomainId=domain_id, SpaceName=name)


def app_status(session: AwsSession, path: str) -> str | None:
    """Null once it is gone; only of an app in a space. Permission: `sagemaker:DescribeApp`."""
    domain_id, space, app_type, name = path.split("/")
    status = _status(session, "describe_app", DomainId=domain_id, SpaceName=space, AppType=app_type, AppName=name)
    return None if status == "Deleted" else status


def path_of(app: App) -> str:
    return f"{app.domain_id}/{app.space_name or app.user_profile_name}/{app.app_type}/{app.app_name}"


def _status(session: AwsSession, call: str, **place: str) -> str | None:
    client = session.client("sagemaker")
    try:
        return str(getattr(client, call)(**place)["Status"])
    except client.exceptions.ResourceNotFound:
        return None
