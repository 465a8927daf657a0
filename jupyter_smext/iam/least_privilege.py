"""A least-privilege policy with its proof: it passes our own preflight, and with any action taken away it does not."""

from __future__ import annotations

from collections.abc import Sequence

from ..aws.errors import ErrorCode, SmextError
from ..aws.session import AwsSession
from .arn import account_of
from .generate import READ, bucket_requirements, compare_with_full_access, policy_for
from .models import Document, GeneratedPolicy, GenerateRequest, PrincipalPolicies, Requirement
from .preflight import container_of, preflight
from .requirements import OPERATIONS, Place, requirements
from .s3_names import why_no_bucket


def least_privilege(session: AwsSession, wanted: GenerateRequest) -> GeneratedPolicy:
    """The policy, what AmazonS3FullAccess would open beside it, and whether it is enough and no more than that.

    Raises InvalidRequest for a name that no bucket can have, and for an operation that is not known.
    Permission: `sts:GetCallerIdentity`, which cannot be denied.
    """
    needed = _needed(session, wanted)
    if not needed:
        who = wanted.subject.replace("_", " ")
        raise SmextError(ErrorCode.INVALID_REQUEST, f"The {who} needs no permission for this {wanted.operation}.")
    document = policy_for(needed)
    return GeneratedPolicy(
        document=document,
        comparison=compare_with_full_access(document),
        passes_preflight=_passes(needed, document),
        every_action_needed=not any(_passes(needed, smaller) for smaller in _one_action_less(document)),
    )


def _needed(session: AwsSession, wanted: GenerateRequest) -> list[Requirement]:
    identity = session.identity()
    partition = identity.caller_arn.split(":")[1]
    if wanted.kind == "bucket":
        bucket = wanted.bucket or ""
        if reason := why_no_bucket(bucket):
            raise SmextError(ErrorCode.INVALID_REQUEST, f"No bucket is called {bucket!r}: {reason}.")
        writes = wanted.access != "read"
        needed = bucket_requirements(
            bucket, wanted.prefix, writes, False, identity.caller_arn, identity.account, partition
        )
        return [need for need in needed if wanted.access != "write" or need.action not in READ]
    operation = wanted.operation or ""
    if operation not in OPERATIONS:
        raise SmextError(
            ErrorCode.INVALID_REQUEST,
            f"The permissions of {operation} are not known here.",
            hint=f"Known are {', '.join(OPERATIONS)}.",
        )
    place = Place(identity.region, identity.account, identity.caller_arn, partition)
    found = requirements(operation, wanted.request or {}, place)
    return [
        need
        if need.principal
        else need.model_copy(update={"principal": f"arn:{partition}:iam::{identity.account}:role/x"})
        for need in found
        if need.subject == wanted.subject
    ]


def _passes(needed: Sequence[Requirement], document: Document) -> bool:
    """Whether the document is all that the principal needs, where resource owners leave the decision to its account."""
    policies = {need.subject: PrincipalPolicies(identity=[document]) for need in needed}
    containers = {container_of(need): need for need in needed if container_of(need)}
    resource_policies = {container: _of_owner(need) for container, need in containers.items()}
    owners = {container: account_of(str(need.principal)) or "" for container, need in containers.items()}
    report = preflight(needed, policies, resource_policies, owners)
    return all(check.verdict.verdict == "allowed" for check in report.checks)


def _of_owner(need: Requirement) -> Document | None:
    """The resource policy of an owner who leaves it to the principal's account; needed for keys and other accounts.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    service = need.action.partition(":")[0]
    account = account_of(str(need.principal))
    if service != "kms" and need.resource_account in (None, account):
        return None
    root = f"arn:{need.resource.split(':')[1]}:iam::{account}:root"
    statement = {"Effect": "Allow", "Principal": {"AWS": root}, "Action": f"{service}:*"}
    # A repository policy has no Resource element, a key policy needs one.
    return {"Version": "2012-10-17", "Statement": [{**statement, "Resource": "*"} if service != "ecr" else statement]}


def _one_action_less(document: Document) -> list[Document]:
    smaller = []
    for index, statement in enumerate(document["Statement"]):
        for action in statement["Action"]:
            rest = {**statement, "Action": [other for other in statement["Action"] if other != action]}
            statements = [*document["Statement"]]
            statements[index : index + 1] = [rest] if rest["Action"] else []
            smaller.append({**document, "Statement": statements})
    return smaller
