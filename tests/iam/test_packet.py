from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from jupyter_smext.aws.errors import SmextError
from jupyter_smext.iam.explain import explain
from jupyter_smext.iam.generate import policy_name_of, trust_policy
from jupyter_smext.iam.models import AdminPacket, Evidence, PacketRequest, Requirement
from jupyter_smext.iam.packet import packet, request_of

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/service-role/Execution"


def need(action: str, resource: str, owner: str | None = ACCOUNT, **changes: Any) -> Requirement:
    given: dict[str, Any] = {
        "subject": "execution_role", "principal": ROLE, "action": action, "resource": resource,
        "resource_account": owner, "when": "run", "reason": "read the channel", "field": "f",
    }  # fmt: skip
    return Requirement(**given | changes)


READ = need("s3:GetObject", "arn:aws:s3:::data/${aws:username}/*")


def made(*needs: Requirement, **changes: Any) -> AdminPacket:
    return packet(PacketRequest(requirements=list(needs), **changes))


def item(found: AdminPacket, target: str) -> Any:
    (only,) = [each for each in found.items if each.target == target]
    return only


def test_one_policy_for_all_that_a_role_misses() -> None:
    found = made(READ, need("s3:ListBucket", "arn:aws:s3:::data"), need("logs:PutLogEvents", "*"))
    assert [(each.target, each.resource, each.owner) for each in found.items] == [("role", ROLE, "iam_admin")]
    actions = {action for each in found.items[0].document["Statement"] for action in each["Action"]}
    assert actions == {"s3:GetObject", "s3:ListBucket", "logs:PutLogEvents"}
    assert json.loads(found.items[0].policy_json) == found.items[0].document
    assert "s3:GetObject on arn:aws:s3:::data" in found.explanation
    assert "start and fail" in found.explanation


def test_each_role_gets_its_own() -> None:
    caller = need("iam:PassRole", ROLE, subject="caller", when="call",
                  principal=f"arn:aws:sts::{ACCOUNT}:assumed-role/Notebook/me")  # fmt: skip
    found = made(READ, caller)
    assert {each.resource for each in found.items} == {ROLE, f"arn:aws:iam::{ACCOUNT}:role/Notebook"}


def test_the_role_can_be_named() -> None:
    other = f"arn:aws:iam::{ACCOUNT}:role/Other"
    assert made(READ, role_arn=other).items[0].resource == other


@pytest.mark.parametrize(
    ("requirement", "target", "carrier"),
    [
        (need("s3:GetObject", "arn:aws:s3:::theirs/k", "999988887777"), "bucket", "arn:aws:s3:::theirs"),
        (need("kms:Decrypt", "arn:aws:kms:eu-west-1:999988887777:key/k", "999988887777"), "key",
         "arn:aws:kms:eu-west-1:999988887777:key/k"),
        (need("ecr:BatchGetImage", "arn:aws:ecr:eu-west-1:999988887777:repository/a/b", "999988887777"), "repository",
         "arn:aws:ecr:eu-west-1:999988887777:repository/a/b"),
    ],
)  # fmt: skip
def test_what_another_account_owns_needs_its_owner_too(requirement: Requirement, target: str, carrier: str) -> None:
    found = made(requirement)
    assert {each.target for each in found.items} == {"role", target}
    resource = item(found, target)
    assert (resource.resource, resource.owner) == (carrier, "resource_owner")
    (statement,) = resource.document["Statement"]
    assert statement["Principal"] == {"AWS": [ROLE]}
    assert statement.get("Resource") == {"bucket": ["arn:aws:s3:::theirs/k"], "key": "*", "repository": None}[target]


def test_a_trust_policy() -> None:
    found = made(need("sts:AssumeRole", ROLE, subject="sagemaker", principal="sagemaker.amazonaws.com", when="call"))
    assert [(each.target, each.document) for each in found.items] == [("trust", trust_policy())]


def test_terraform_keeps_policy_variables() -> None:
    text = made(READ).items[0].terraform
    assert "$${aws:username}" in text
    assert f'name   = "{policy_name_of(made(READ).items[0].document)}"' in text
    assert 'role   = "Execution"' in text
    assert text.count("{") == text.count("}")
    inside = re.search(r"jsonencode\((.*)\)", text, re.DOTALL)
    assert inside
    assert json.loads(inside[1].replace("$${", "${")) == made(READ).items[0].document


def test_cloudformation_is_a_template() -> None:
    resources = json.loads(made(READ).items[0].cloudformation)["Resources"]
    ((_, resource),) = resources.items()
    assert resource["Type"] == "AWS::IAM::RolePolicy"
    assert resource["Properties"]["RoleName"] == "Execution"
    assert resource["Properties"]["PolicyDocument"] == made(READ).items[0].document


AWS = """#!/bin/sh
echo "$@" >> "$CALLS"
case "$*" in
  *get-bucket-policy*|*get-key-policy*|*get-repository-policy*|*get-role*) [ -n "$PRESENT" ] && echo "$PRESENT" || exit 254 ;;
esac
"""


@pytest.fixture
def shell(tmp_path: Path) -> Any:
    """Runs commands with an `aws` that notes its arguments."""
    if not shutil.which("jq"):
        pytest.fail("jq is needed: install it with the system's package manager")
    (tmp_path / "aws").write_text(AWS)
    (tmp_path / "aws").chmod(0o755)

    def run(commands: str, present: Any = None) -> tuple[list[str], Any]:
        calls = tmp_path / "calls"
        calls.unlink(missing_ok=True)
        environment = {
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "CALLS": str(calls),
            "PRESENT": json.dumps(present) if present else "",
        }
        done = subprocess.run(
            ["/bin/sh", "-c", commands], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=20
        )
        assert done.returncode == 0, done.stderr
        new = tmp_path / "new-policy.json"
        return calls.read_text().splitlines(), json.loads(new.read_text()) if new.exists() else None

    return run


def test_the_commands_for_a_role_run(shell: Any) -> None:
    calls, _ = shell(made(READ).items[0].cli)
    document = made(READ).items[0].document
    assert calls == [
        f"iam put-role-policy --role-name Execution --policy-name {policy_name_of(document)} "
        f"--policy-document {json.dumps(document)}"
    ]


OTHERS = {"Version": "2012-10-17", "Statement": [{"Sid": "Theirs", "Effect": "Deny", "Action": "*", "Principal": "*"}]}


@pytest.mark.parametrize("present", [OTHERS, None])
@pytest.mark.parametrize(
    "requirement",
    [
        need("s3:GetObject", "arn:aws:s3:::theirs/it's", "999988887777"),
        need("kms:Decrypt", "arn:aws:kms:eu-west-1:999988887777:key/k", "999988887777"),
        need("ecr:BatchGetImage", "arn:aws:ecr:eu-west-1:999988887777:repository/a/b", "999988887777"),
        need("sts:AssumeRole", ROLE, subject="sagemaker", principal="sagemaker.amazonaws.com"),
    ],
)
def test_the_commands_for_a_resource_keep_its_statements(shell: Any, requirement: Requirement, present: Any) -> None:
    resource = made(requirement).items[-1]
    calls, written = shell(resource.cli, present)
    assert written["Statement"] == [*(present["Statement"] if present else []), *resource.document["Statement"]]
    assert len(calls) == 2
    assert "file://new-policy.json" in calls[1]


DENIED = (
    "An error occurred (AccessDenied) when calling the GetObject operation: User: "
    f"arn:aws:sts::{ACCOUNT}:assumed-role/Execution/SageMaker is not authorized to perform: s3:GetObject on resource: "
    '"arn:aws:s3:::data/k" '
)


def test_the_packet_of_an_explained_error() -> None:
    found = packet(
        PacketRequest(explanation=explain(DENIED + "because no identity-based policy allows the s3:GetObject action"))
    )
    assert [(each.target, each.resource) for each in found.items] == [
        ("role", f"arn:aws:iam::{ACCOUNT}:role/Execution")
    ]
    assert found.items[0].document["Statement"][0]["Resource"] == ["arn:aws:s3:::data/k"]


def test_an_error_about_a_resource_policy_goes_to_its_owner() -> None:
    text = DENIED + "because no resource-based policy allows the s3:GetObject action"
    found = packet(PacketRequest(explanation=explain(text)))
    assert [(each.target, each.resource) for each in found.items] == [("bucket", "arn:aws:s3:::data")]


@pytest.mark.parametrize(
    "why",
    [
        "with an explicit deny in a service control policy",
        "because no permissions boundary allows the s3:GetObject action",
        "with an explicit deny in an identity-based policy",
    ],
)
def test_where_no_allow_helps_there_is_no_policy_but_advice(why: str) -> None:
    explanation = explain(DENIED + why)
    found = packet(PacketRequest(explanation=explanation))
    assert found.items == []
    assert all(step in found.markdown for step in explanation.steps)


def test_the_text_to_send_holds_everything() -> None:
    at = datetime(2026, 11, 24, 9, 0, tzinfo=timezone.utc)
    evidence = Evidence(source="probe", answer="denied", detail="Access Denied", at=at, request_id="REQ1")
    found = made(READ, evidence=[evidence])
    assert found.evidence == ["2026-11-24 09:00:00 UTC, probe, request id REQ1: Access Denied"]
    only = found.items[0]
    for text in (only.policy_json, only.terraform, only.cloudformation, only.cli, found.evidence[0], found.explanation):
        assert text.strip() in found.markdown
    assert found.markdown.count("```") == 8


def test_nothing_to_ask_for() -> None:
    with pytest.raises(SmextError, match="Give the requirements"):
        packet(PacketRequest())


def test_a_policy_as_somebody_wrote_it() -> None:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}
    [item] = packet(PacketRequest(document=document, role_arn=ROLE)).items
    assert (item.target, item.resource, item.document) == ("role", ROLE, document)
    assert "put-role-policy" in item.cli
    with pytest.raises(SmextError, match="Name the role"):
        packet(PacketRequest(document=document))


def test_an_explanation_is_taken_as_it_is_printed() -> None:
    text = DENIED + "because no identity-based policy allows the s3:GetObject action"
    assert request_of(json.loads(explain(text).model_dump_json())).explanation == explain(text)
