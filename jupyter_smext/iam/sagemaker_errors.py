"""What SageMaker and its tools say in their own words: ValidationException messages and FailureReason texts.

These are sentences about the execution role, which SageMaker writes without the form that IAM uses. Each entry keeps to
the words that carry the meaning, so that another wording around them is still understood.

https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from .error_advice import Who
from .models import DenyingLayer, ErrorKind, FixOwner

ResourceIn = Literal["s3", "repository", "role", "none"]


@dataclass(frozen=True)
class Form:
    """A kind of sentence and what it tells. `resource_in`: where in it the resource stands."""

    pattern: re.Pattern[str]
    kind: ErrorKind
    who: Who
    action: str | None
    resource_in: ResourceIn
    layer: DenyingLayer
    meaning: str
    steps: tuple[str, ...]
    otherwise: ErrorKind | None
    """Of a sentence that does not tell why: the kind where no other message is quoted beside it."""
    fix_owner: FixOwner | None


def _form(
    pattern: str,
    kind: ErrorKind,
    meaning: str,
    *steps: str,
    who: Who = "execution_role",
    action: str | None = None,
    resource_in: ResourceIn = "none",
    layer: DenyingLayer = "unknown",
    otherwise: ErrorKind | None = None,
    fix_owner: FixOwner | None = None,
) -> Form:
    expression = re.compile(pattern, re.IGNORECASE)
    return Form(expression, kind, who, action, resource_in, layer, meaning, steps, otherwise, fix_owner)


_TRUST_STEPS = (
    "Check that the role exists and that its ARN is complete: a role made by the console has the path service-role/.",
    "Its trust policy must allow sagemaker.amazonaws.com to do sts:AssumeRole; look at the conditions there too.",
    "A role that was just created needs some seconds until SageMaker sees it; try again once.",
)
_IMAGE_STEPS = (
    "Check that account, region, repository and tag of the image URI are right and that the image exists.",
    "The execution role needs ecr:BatchGetImage, ecr:GetDownloadUrlForLayer and ecr:BatchCheckLayerAvailability on the "
    "repository, and ecr:GetAuthorizationToken on *.",
    "For a repository of another account, its owner must allow the role in the repository policy.",
)
_READ_STEPS = (
    "Check that the object exists in the region of the job.",
    "The execution role needs s3:GetObject on the objects and s3:ListBucket on the bucket.",
    "For a bucket of another account, its owner must allow the role in the bucket policy.",
    "For objects under a KMS key, the role also needs kms:Decrypt, and the key policy must allow it.",
)

FORMS: tuple[Form, ...] = (
    _form(
        r"subnet'?s? route table|route to an? S3 VPC endpoint|NAT device|network ACL|security groups? .{0,60}outbound",
        "network",
        "The job's subnets have no way to S3. No permission is missing.",
        "Give the subnets' route table an S3 gateway endpoint or a NAT gateway.",
        "Let security groups and network ACLs pass outbound HTTPS.",
        who="unknown",
        resource_in="s3",
    ),
    _form(
        r"(?:could not|cannot|can'?t|unable to|failed to|not able to) (?:successfully )?assume "
        r"(?:it\b|(?:the )?(?:\w+ ){0,2}role)"
        r"|assume the role .{0,200}?(?:failed|denied)"
        r"|role .{0,200}? (?:cannot|can not|could not) be assumed"
        r"|unable to perform:? sts:AssumeRole|does not have (?:the )?sts:AssumeRole permission"
        r"|principal .{0,10}sagemaker\.amazonaws\.com.{0,20} (?:is )?(?:not allowed )?to assume",
        "iam",
        "SageMaker could not assume the execution role: it does not exist under this ARN, or does not trust SageMaker.",
        *_TRUST_STEPS,
        who="service",
        action="sts:AssumeRole",
        resource_in="role",
        layer="trust",
    ),
    _form(
        r"No S3 objects found under S3 URL",
        "iam",
        "SageMaker found no object under the input's S3 prefix, or could not list it.",
        "Check bucket, prefix (upper and lower case count) and region of the input.",
        "If the objects exist, the execution role needs s3:ListBucket on the bucket.",
        action="s3:ListBucket",
        resource_in="s3",
        otherwise="not_found",
    ),
    _form(
        r"Unauthorized to List objects under S3 URL|(?:failed|unable) to list objects",
        "iam",
        "SageMaker could not list the input's S3 prefix with the execution role.",
        "The execution role needs s3:ListBucket on the bucket itself, not on bucket/*.",
        action="s3:ListBucket",
        resource_in="s3",
    ),
    _form(
        r"access (?:is )?denied to (?:the )?OutputDataConfig|access denied .{0,40}output .{0,30}bucket"
        r"|(?:could not|unable to|failed to) (?:upload|write) .{0,60}s3|artifact upload failed",
        "iam",
        "SageMaker could not use the output location with the execution role.",
        "The execution role needs s3:PutObject on the output prefix, and s3:GetBucketLocation and s3:ListBucket on the "
        "bucket.",
        "With an output KMS key: kms:GenerateDataKey and kms:Encrypt, and the key policy must allow them.",
        action="s3:PutObject",
        resource_in="s3",
        otherwise="iam",
    ),
    _form(
        r"could not access model data|failed to download model data"
        r"|unable to (?:access|download) model (?:data|artifact)",
        "iam",
        "SageMaker could not read the model's data with the execution role. The message lists every possible cause: "
        "trust policy, s3:GetObject, s3:ListBucket, a wrong region or key.",
        *_READ_STEPS,
        "Also check that the role trusts sagemaker.amazonaws.com.",
        action="s3:GetObject",
        resource_in="s3",
    ),
    _form(
        r"access denied for repository|does not have (?:\"?ecr:)?BatchGetImage|proper pull permissions"
        r"|(?:does not have|lacks?) permissions? to (?:pull|access) the (?:ecr )?image|failed to pull (?:ecr )?image"
        r"|images? .{0,80}exist.{0,80}execution role.{0,80}permissions? to access|cannot pull (?:the )?(?:ecr )?image",
        "iam",
        "The image could not be pulled with the execution role: it does not exist under this URI, or the role may not "
        "pull it.",
        *_IMAGE_STEPS,
        action="ecr:BatchGetImage",
        resource_in="repository",
        otherwise="iam",
    ),
    _form(
        r"data download failed|failed to download data|unable to download (?:object|data)",
        "iam",
        "SageMaker could not download the job's input data with the execution role.",
        *_READ_STEPS,
        action="s3:GetObject",
        resource_in="s3",
        otherwise="unknown",
    ),
    _form(
        r"unable to (?:use|assume) .{0,30}execution ?role.{0,200}create ?app"
        r"|ExecutionRole .{0,80}permission for .{0,4}sagemaker:CreateApp",
        "iam",
        "Studio could not create the app with the execution role of the user profile or space.",
        "The execution role needs sagemaker:CreateApp on the app, and must trust sagemaker.amazonaws.com.",
        action="sagemaker:CreateApp",
        resource_in="role",
    ),
    _form(
        r"trust relationship policy allows|allows? (?:the )?(?:service )?principal .{0,30}sagemaker\.amazonaws\.com",
        "iam",
        "SageMaker could not use the execution role: it does not exist under this ARN, or does not trust SageMaker.",
        *_TRUST_STEPS,
        who="service",
        action="sts:AssumeRole",
        resource_in="role",
        layer="trust",
    ),
    _form(
        r"ciphertext refers to a customer master key that does not exist"
        r"|key .{0,120}does not exist.{0,60}not allowed to access",
        "iam",
        "KMS does not tell a missing key from a forbidden one: the key does not exist, is in another region, or may "
        "not be used.",
        "Check that the key exists in this region and is enabled.",
        "kms:Decrypt is needed in the key policy, or in an identity policy if the key policy delegates to the account.",
        who="unknown",
        action="kms:Decrypt",
    ),
    _form(
        r"The current AWS identity is not a role",
        "other",
        "The credentials in use belong to a user, and get_execution_role() needs those of a role.",
        "Pass the ARN of an execution role by name instead of calling get_execution_role().",
        who="caller",
    ),
    _form(
        r"Couldn'?t call '?get_role'?",
        "iam",
        "The SDK could not look up the role's path with iam:GetRole and goes on with a guess.",
        "Pass the full ARN of the execution role, or allow iam:GetRole on it.",
        who="caller",
        action="iam:GetRole",
        resource_in="role",
    ),
    _form(
        r"Lake Formation permission",
        "iam",
        "Lake Formation, not an IAM policy, refuses the data: its own grants are missing.",
        "The data lake administrator grants the principal access to the table or location.",
        who="unknown",
        fix_owner="resource_owner",
    ),
    _form(
        r"explicit(?:ly)? accept .{0,20}(?:EULA|end.?user license)|accept_eula",
        "other",
        "The model is gated: its licence must be accepted before AWS hands out the weights.",
        "Launch again with accept_eula set to true, if you agree to the licence.",
        who="caller",
    ),
    _form(
        r"(?:Unable to provision requested|insufficient) .{0,30}capacity|CapacityError",
        "quota",
        "AWS has no free instances of this type in the region or zone right now.",
        "Try again later, or take another instance type or subnet.",
        who="unknown",
    ),
)


def form_in(text: str) -> tuple[Form, re.Match[str]] | None:
    """The first known sentence of SageMaker in a normalized text."""
    for form in FORMS:
        if found := form.pattern.search(text):
            return form, found
    return None
