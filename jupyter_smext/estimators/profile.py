"""The values of `${profile.*}`: what a shared spec leaves to the person and the place."""

from __future__ import annotations

from ..aws.errors import SmextError
from ..aws.models import Identity
from ..aws.session import AwsSession
from .variables import ProfileLookup

NAMES = ("role", "bucket", "prefix", "region", "account")


def profile_of(aws: AwsSession) -> ProfileLookup:
    """A lookup that asks AWS who we are only when a spec uses a variable.

    A name that does not exist raises KeyError with the names that do; without credentials every value is unknown.
    """

    def lookup(name: str) -> str | None:
        if name not in NAMES:
            raise KeyError(name, *NAMES)
        try:
            identity = aws.identity()
        except SmextError:
            return None
        except Exception:  # boto3 found no credentials or no way to STS: the value exists and is not known now
            return None
        return _value(identity, name)

    return lookup


def _value(identity: Identity, name: str) -> str | None:
    return {
        "role": identity.execution_role_arn,
        "bucket": identity.default_bucket,
        "prefix": identity.default_prefix or "",
        "region": identity.region,
        "account": identity.account,
    }[name]
