"""From the facts of an error to words: what happened, whether an Allow can help, who can fix it, and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .models import DenyingLayer, ErrorKind, Explanation, FixOwner

Who = Literal["caller", "execution_role", "service", "unknown"]


@dataclass
class Facts:
    """What a text tells; what it does not tell stays at its default."""

    kind: ErrorKind
    code: str | None = None
    who: Who = "unknown"
    principal: str | None = None
    operation: str | None = None
    action: str | None = None
    resource: str | None = None
    layer: DenyingLayer = "unknown"
    effect: Literal["implicit", "explicit", "unknown"] = "unknown"
    policy: str | None = None
    """The ARN of the policy that denies."""
    meaning: str | None = None
    """A sentence that says more than the facts alone."""
    steps: list[str] = field(default_factory=list)
    fix_owner: FixOwner | None = None


LAYER_NAMES: dict[DenyingLayer, str] = {
    "identity": "identity policy",
    "resource": "resource policy (of the bucket, key, repository or other resource)",
    "boundary": "permissions boundary",
    "session": "session policy",
    "scp": "service control policy of the organization",
    "rcp": "resource control policy of the organization",
    "vpc_endpoint": "VPC endpoint policy",
    "trust": "trust policy of the role",
    "unknown": "policy",
}
_OWNERS: dict[DenyingLayer, FixOwner] = {
    "identity": "iam_admin",
    "boundary": "iam_admin",
    "session": "iam_admin",
    "trust": "iam_admin",
    "resource": "resource_owner",
    "scp": "organization_admin",
    "rcp": "organization_admin",
    "vpc_endpoint": "network_admin",
}
_OWNERS_OF_KINDS: dict[ErrorKind, FixOwner] = {
    "network": "network_admin",
    "credentials": "you",
    "region": "you",
    "not_found": "you",
    "quota": "aws_support",
}


def advise(facts: Facts) -> Explanation:
    return Explanation(
        kind=facts.kind,
        who=facts.who,
        principal=facts.principal,
        operation=facts.operation,
        action=facts.action,
        resource=facts.resource,
        layer=facts.layer,
        effect=facts.effect,
        allow_can_help=_allow_can_help(facts),
        fix_owner=facts.fix_owner or _fix_owner(facts),
        explanation=_explanation(facts),
        steps=_steps(facts),
    )


def _allow_can_help(facts: Facts) -> bool | None:
    if facts.kind != "iam":
        return None if facts.kind == "unknown" or facts.action else False
    if facts.effect == "explicit" or facts.layer not in ("identity", "unknown"):
        return False
    return True if facts.layer == "identity" and facts.effect == "implicit" else None


def _fix_owner(facts: Facts) -> FixOwner:
    if facts.kind != "iam":
        return _OWNERS_OF_KINDS.get(facts.kind, "unknown")
    if facts.layer == "unknown":
        return "unknown" if facts.effect == "explicit" else "iam_admin"
    return _OWNERS[facts.layer]


def _explanation(facts: Facts) -> str:
    if facts.kind != "iam":
        return facts.meaning or _KIND_MEANINGS[facts.kind]
    who = {"caller": "The caller", "execution_role": "The execution role", "service": "The service"}.get(
        facts.who, "The principal"
    )
    if facts.principal:
        who = f"{who} {facts.principal}"
    what = facts.action or (f"the operation {facts.operation}" if facts.operation else "this")
    where = f" on {facts.resource}" if facts.resource else ""
    sentence = f"{who} may not do {what}{where}: {_reason(facts)}."
    return f"{facts.meaning} {sentence}" if facts.meaning else sentence


def _reason(facts: Facts) -> str:
    name = LAYER_NAMES[facts.layer]
    if facts.effect == "explicit":
        by = f" ({facts.policy})" if facts.policy else ""
        return (
            f"a Deny statement in a {name}{by} forbids it"
            if facts.layer != "unknown"
            else "some policy denies it explicitly"
        )
    if facts.effect == "implicit":
        return f"no {name} allows it"
    return "the text does not say which policy decided" if facts.layer == "unknown" else f"the {name} does not allow it"


def _steps(facts: Facts) -> list[str]:
    if facts.kind != "iam":
        return facts.steps or list(_KIND_STEPS[facts.kind])
    steps = list(facts.steps)
    if not steps and (facts.layer, facts.effect) == ("unknown", "unknown"):
        steps = _open_steps(facts)
    elif facts.effect == "explicit":
        steps = [*_EXPLICIT_STEPS, *steps]
    elif facts.layer in _LAYER_STEPS:
        steps = [_LAYER_STEPS[facts.layer].format(action=facts.action or "the action"), *steps]
    return [*steps, "AWS names one reason at a time: after a change, wait up to a minute and try again."]


_EXPLICIT_STEPS = (
    "No Allow helps against a Deny: find the Deny statement and its conditions.",
    "Whoever owns that policy can except this principal or request, or say how the request must look.",
)
_LAYER_STEPS: dict[DenyingLayer, str] = {
    "identity": "Add an Allow for {action} to a policy of the principal.",
    "resource": "The owner of the resource must allow {action} for this principal in its policy; "
    "another policy on your role changes nothing.",
    "boundary": "The permissions boundary must allow {action} too; attaching further policies changes nothing.",
    "session": "The policy passed when the session was made must allow {action} too.",
    "scp": "The organization must allow {action} for this account.",
    "rcp": "The organization must allow {action} on the resource for this principal.",
    "vpc_endpoint": "The policy of the VPC endpoint that the request went through must allow {action} on the resource.",
    "trust": "The trust policy of the role must allow {action} for this principal.",
}


def _open_steps(facts: Facts) -> list[str]:
    action = facts.action or "the action"
    steps = [f"Check whether the policies of the principal allow {action} on exactly this resource."]
    if action in ("s3:GetObject", "s3:ListBucket") or (action.startswith("s3:") and facts.operation is None):
        steps += [
            "A missing object looks the same without s3:ListBucket on the bucket: check the key.",
            "Then bucket policy, KMS key of the object, VPC endpoint policy, and requester pays.",
        ]
    else:
        steps.append("Then the resource's own policy, the permissions boundary and the organization's policies.")
    return steps


_KIND_MEANINGS: dict[ErrorKind, str] = {
    "network": "The request did not reach AWS, or the answer did not come back. No permission is missing.",
    "credentials": "AWS did not accept, or the client did not find, valid credentials. No permission is missing.",
    "region": "The request went to the wrong region, or none is set. No permission is missing.",
    "not_found": "What the request names does not exist, at least not in this account and region.",
    "quota": "A quota or request rate is exhausted. No permission is missing.",
    "other": "AWS refused the request for a reason other than permissions.",
    "unknown": "The text does not tell why the call failed.",
}
_KIND_STEPS: dict[ErrorKind, tuple[str, ...]] = {
    "network": (
        "Check the region in the endpoint's name, proxy settings and DNS.",
        "In a VPC without internet access, the service needs a VPC endpoint.",
    ),
    "credentials": (
        "Renew the credentials: restart the kernel in Studio, log in again elsewhere.",
        "Look for AWS_* environment variables and profiles that take precedence over the role.",
    ),
    "region": ("Make the client with the region in which the resource is.",),
    "not_found": ("Check name, upper and lower case, account and region.",),
    "quota": (
        "Ask for a higher quota in Service Quotas, or take another instance type or fewer instances.",
        "For a rate limit, wait and try again more slowly.",
    ),
    "other": ("Read AWS's message: it names the parameter or state that it refuses.",),
    "unknown": ("Paste the whole traceback or the FailureReason; the last lines matter most.",),
}
