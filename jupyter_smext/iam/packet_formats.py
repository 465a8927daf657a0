"""A policy as Terraform, CloudFormation and AWS CLI commands.

A role takes one inline policy more. Buckets, keys, repositories and trusts have one policy each: there the texts add a
statement to what is there, and never replace it.
"""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass

from .arn import Arn
from .models import Document, PacketTarget


@dataclass(frozen=True)
class Target:
    """What carries the policy."""

    kind: PacketTarget
    arn: str

    @property
    def name(self) -> str:
        """As the API takes it: a role without its path, a key or bucket or repository by its name."""
        parsed = Arn.parse(self.arn)
        resource = parsed.resource if parsed else self.arn
        if self.kind in ("role", "trust"):
            return resource.rsplit("/", 1)[-1]
        return resource if self.kind == "bucket" else resource.partition("/")[2]

    @property
    def label(self) -> str:
        """A name that every template language takes."""
        return "smext_" + re.sub(r"\W", "_", f"{self.kind}_{self.name}")


def terraform(target: Target, document: Document, policy_name: str) -> str:
    """HCL. JSON is an HCL expression, but for `${` and `%{`, which HCL would take for its own."""
    policy = json.dumps(document, indent=2).replace("${", "$${").replace("%{", "%%{")
    if target.kind == "role":
        return (
            f'resource "aws_iam_role_policy" "{target.label}" {{\n  name   = "{policy_name}"\n'
            f'  role   = "{target.name}"\n  policy = jsonencode({_indented(policy)})\n}}\n'
        )
    joined = (
        f"# present-policy.json holds the policy of the {_words(target)} as it is now.\n"
        f'data "aws_iam_policy_document" "{target.label}" {{\n  source_policy_documents = [\n'
        f'    file("present-policy.json"),\n    jsonencode({_indented(policy, 4)}),\n  ]\n}}\n'
    )
    merged = f"data.aws_iam_policy_document.{target.label}.json"
    arguments = {
        "bucket": ("aws_s3_bucket_policy", "bucket", "policy"),
        "key": ("aws_kms_key_policy", "key_id", "policy"),
        "repository": ("aws_ecr_repository_policy", "repository", "policy"),
    }
    if target.kind == "trust":
        return f"{joined}# In the resource aws_iam_role of {target.name}:\n#   assume_role_policy = {merged}\n"
    resource, identifier, argument = arguments[target.kind]
    return (
        f'{joined}\nresource "{resource}" "{target.label}" {{\n'
        f'  {identifier} = "{target.name}"\n  {argument} = {merged}\n}}\n'
    )


def cloudformation(target: Target, document: Document, policy_name: str) -> str:
    """A template, or the part of one that belongs into the template of the resource. JSON is YAML too."""
    if target.kind == "role":
        properties = {"RoleName": target.name, "PolicyName": policy_name, "PolicyDocument": document}
        logical = re.sub(r"[^A-Za-z0-9]", "", policy_name.title())
        template = {"Resources": {logical: {"Type": "AWS::IAM::RolePolicy", "Properties": properties}}}
        return json.dumps(template, indent=2) + "\n"
    types = {
        "bucket": ("AWS::S3::BucketPolicy", "PolicyDocument"),
        "key": ("AWS::KMS::Key", "KeyPolicy"),
        "repository": ("AWS::ECR::Repository", "RepositoryPolicyText"),
        "trust": ("AWS::IAM::Role", "AssumeRolePolicyDocument"),
    }
    kind, element = types[target.kind]
    return (
        f"# Add to {element} of the {kind} for the {_words(target)}; keep the statements that are there.\n"
        + json.dumps({element: {"Statement": document["Statement"]}}, indent=2)
        + "\n"
    )


def cli(target: Target, document: Document, policy_name: str) -> str:
    """Shell commands; those for a policy that exists need `jq`."""
    name = shlex.quote(target.name)
    if target.kind == "role":
        text = shlex.quote(json.dumps(document))
        return (
            f"aws iam put-role-policy --role-name {name} --policy-name {policy_name} \\\n  --policy-document {text}\n"
        )
    parsed = Arn.parse(target.arn)
    place = f" --region {parsed.region}" if parsed and parsed.region else ""
    registry = f" --registry-id {parsed.account}" if parsed and target.kind == "repository" else ""
    commands = {
        "bucket": (
            f"aws s3api get-bucket-policy --bucket {name} --query Policy --output text",
            f"aws s3api put-bucket-policy --bucket {name} --policy file://new-policy.json",
        ),
        "key": (
            f"aws kms get-key-policy --key-id {name}{place} --policy-name default --query Policy --output text",
            f"aws kms put-key-policy --key-id {name}{place} --policy-name default --policy file://new-policy.json",
        ),
        "repository": (
            f"aws ecr get-repository-policy --repository-name {name}{registry}{place} --query policyText --output text",
            f"aws ecr set-repository-policy --repository-name {name}{registry}{place} "
            "--policy-text file://new-policy.json",
        ),
        "trust": (
            f"aws iam get-role --role-name {name} --query Role.AssumeRolePolicyDocument",
            f"aws iam update-assume-role-policy --role-name {name} --policy-document file://new-policy.json",
        ),
    }
    read, write = commands[target.kind]
    statements = shlex.quote(json.dumps(document["Statement"]))
    return (
        f'{read} > policy.json || echo \'{{"Version": "2012-10-17", "Statement": []}}\' > policy.json\n'
        f"jq --argjson added {statements} '.Statement += $added' policy.json > new-policy.json\n"
        f"diff policy.json new-policy.json  # look before you write\n{write}\n"
    )


def _words(target: Target) -> str:
    return f"trust of the role {target.name}" if target.kind == "trust" else f"{target.kind} {target.name}"


def _indented(text: str, spaces: int = 2) -> str:
    return text.replace("\n", "\n" + " " * spaces)
