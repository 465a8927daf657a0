from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from canned_answers import count, refuse
from iam_rules import allow, deny, doc
from roles import make_role, name_of, put_policy

from jupyter_smext.aws.errors import SmextError
from jupyter_smext.aws.session import AwsSession
from jupyter_smext.iam.apply import apply, plan, undo
from jupyter_smext.iam.explain import explain
from jupyter_smext.iam.generate import policy_name_of
from jupyter_smext.iam.models import ApplyPlanRequest, ApplyRequest, CheckRequest
from jupyter_smext.iam.own_rights import why_it_widens
from jupyter_smext.iam.preflight_request import check_one
from jupyter_smext.iam.propagation import recent_change, with_recent_change
from jupyter_smext.iam.undo_store import UndoStore

READ = doc(allow("s3:GetObject", "arn:aws:s3:::data/*"))
MANAGED = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"


@pytest.fixture
def store(tmp_path: Path) -> UndoStore:
    return UndoStore(tmp_path / "undo")


def inline(session: AwsSession, role: str) -> dict[str, Any]:
    iam, name = session.client("iam"), name_of(role)
    return {
        policy: iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
    }


def confirmed(role: str, **changes: Any) -> ApplyRequest:
    return ApplyRequest(**{"role_arn": role, "document": READ, "confirm": name_of(role), **changes})


def test_the_plan_shows_what_would_change_and_changes_nothing(sandbox_session: AwsSession) -> None:
    role = make_role(sandbox_session)
    shown = plan(sandbox_session, ApplyPlanRequest(role_arn=role, document=READ))
    assert (shown.role_name, shown.before, shown.after, shown.refused) == (name_of(role), None, READ, None)
    assert shown.policy_name == policy_name_of(READ)
    assert shown.policy_name.startswith("jupyter-smext-")
    assert {line.change for line in shown.diff} == {"added"}
    assert json.loads("\n".join(line.text for line in shown.diff)) == READ
    assert inline(sandbox_session, role) == {}


def test_applied_and_taken_back_after_a_restart(sandbox_session: AwsSession, store: UndoStore, tmp_path: Path) -> None:
    other = doc(allow("logs:PutLogEvents", "*"))
    role = make_role(sandbox_session, other)
    result = apply(sandbox_session, confirmed(role), store)
    # Nothing that was there is replaced.
    assert inline(sandbox_session, role) == {"policy-0": other, result.policy_name: READ}
    assert result.undo_token is not None
    assert result.propagation_until > result.applied_at
    undone = undo(sandbox_session, result.undo_token, UndoStore(tmp_path / "undo"))
    assert undone.state == "undone"
    assert inline(sandbox_session, role) == {"policy-0": other}
    with pytest.raises(SmextError, match="no change to undo"):
        undo(sandbox_session, result.undo_token, store)


def test_a_second_policy_joins_the_first(sandbox_session: AwsSession, store: UndoStore) -> None:
    role = make_role(sandbox_session)
    write = doc(allow("s3:PutObject", "arn:aws:s3:::data/*"))
    first = apply(sandbox_session, confirmed(role), store)
    second = apply(sandbox_session, confirmed(role, document=write), store)
    assert inline(sandbox_session, role) == {first.policy_name: READ, second.policy_name: write}
    again = plan(sandbox_session, ApplyPlanRequest(role_arn=role, document=READ))
    assert again.refused == "The role has this policy already."
    assert {line.change for line in again.diff} == {"same"}


def test_a_managed_policy_is_attached_and_detached(sandbox_session: AwsSession, store: UndoStore) -> None:
    role = make_role(sandbox_session)
    iam = sandbox_session.client("iam")

    def attached() -> list[str]:
        found = iam.list_attached_role_policies(RoleName=name_of(role))["AttachedPolicies"]
        return [policy["PolicyArn"] for policy in found]

    wanted: dict[str, Any] = {"kind": "attach", "policy_arn": MANAGED, "document": None}
    result = apply(sandbox_session, confirmed(role, **wanted), store)
    assert attached() == [MANAGED]
    shown = plan(sandbox_session, ApplyPlanRequest(role_arn=role, kind="attach", policy_arn=MANAGED))
    assert shown.refused == "The role has this policy already."
    assert result.undo_token is not None
    undo(sandbox_session, result.undo_token, store)
    assert attached() == []


@pytest.mark.parametrize("managed", ["AdministratorAccess", "IAMFullAccess", "PowerUserAccess"])
def test_a_managed_policy_that_opens_iam_is_not_attached(sandbox_session: AwsSession, managed: str) -> None:
    arn = f"arn:aws:iam::aws:policy/{managed}"
    shown = plan(sandbox_session, ApplyPlanRequest(role_arn=make_role(sandbox_session), kind="attach", policy_arn=arn))
    assert shown.refused is not None


def test_the_name_must_be_typed(sandbox_session: AwsSession, store: UndoStore) -> None:
    role = make_role(sandbox_session)
    with pytest.raises(SmextError, match="type its name") as caught:
        apply(sandbox_session, confirmed(role, confirm="yes"), store)
    assert caught.value.code.value == "PreconditionFailed"
    assert inline(sandbox_session, role) == {}


def test_a_plan_that_is_out_of_date_is_not_applied(sandbox_session: AwsSession, store: UndoStore) -> None:
    role = make_role(sandbox_session)
    put_policy(sandbox_session, role, policy_name_of(READ), doc(deny("*", "*")))
    with pytest.raises(SmextError, match="changed since the plan") as caught:
        apply(sandbox_session, confirmed(role), store)
    assert caught.value.code.value == "Conflict"
    assert inline(sandbox_session, role) == {policy_name_of(READ): doc(deny("*", "*"))}


def test_what_somebody_changed_since_stays(sandbox_session: AwsSession, store: UndoStore) -> None:
    role = make_role(sandbox_session)
    result = apply(sandbox_session, confirmed(role), store)
    changed = doc(allow("s3:GetObject", "arn:aws:s3:::other/*"))
    put_policy(sandbox_session, role, result.policy_name, changed)
    assert result.undo_token is not None
    with pytest.raises(SmextError, match="no longer what was applied"):
        undo(sandbox_session, result.undo_token, store)
    assert inline(sandbox_session, role) == {result.policy_name: changed}


def test_a_refused_write_leaves_nothing_to_undo(sandbox_session: AwsSession, store: UndoStore, tmp_path: Path) -> None:
    role = make_role(sandbox_session)
    refuse(sandbox_session, "iam.PutRolePolicy", "not authorized to perform: iam:PutRolePolicy")
    with pytest.raises(SmextError) as caught:
        apply(sandbox_session, confirmed(role), store)
    assert caught.value.code.value == "AccessDenied"
    assert list((tmp_path / "undo").iterdir()) == []


def test_a_plan_says_which_permission_is_missing(sandbox_session: AwsSession) -> None:
    role = make_role(sandbox_session)
    refuse(sandbox_session, "iam.GetRolePolicy", "not authorized to perform: iam:GetRolePolicy")
    shown = plan(sandbox_session, ApplyPlanRequest(role_arn=role, document=READ))
    assert shown.refused is not None
    assert shown.denied_action == "iam:GetRolePolicy"


@pytest.mark.parametrize("token", ["", "../../etc/passwd", "0" * 32, "a/../" + "0" * 27, "x" * 32])
def test_tokens_that_were_never_given(sandbox_session: AwsSession, store: UndoStore, token: str) -> None:
    with pytest.raises(SmextError) as caught:
        undo(sandbox_session, token, store)
    assert caught.value.code.value == "NotFound"


def test_only_the_owner_may_read_what_can_be_undone(
    sandbox_session: AwsSession, store: UndoStore, tmp_path: Path
) -> None:
    apply(sandbox_session, confirmed(make_role(sandbox_session)), store)
    (file,) = (tmp_path / "undo").iterdir()
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@pytest.mark.parametrize(
    ("arn", "reason"),
    [
        ("arn:aws:iam::999988887777:role/r", "another account"),
        ("arn:aws:iam::123456789012:user/u", "is not a role"),
        ("nonsense", "not the ARN of a principal"),
    ],
)
def test_what_is_no_role_of_this_account(sandbox_session: AwsSession, arn: str, reason: str) -> None:
    with pytest.raises(SmextError, match=reason):
        plan(sandbox_session, ApplyPlanRequest(role_arn=arn, document=READ))


def test_a_role_that_does_not_exist(sandbox_session: AwsSession) -> None:
    shown = plan(sandbox_session, ApplyPlanRequest(role_arn="arn:aws:iam::123456789012:role/none", document=READ))
    assert shown.refused is not None


@pytest.mark.parametrize(
    "document",
    [
        doc(allow("*", "*")),
        doc(allow("iam:*", "*")),
        doc(allow("IAM:Put*", "*")),
        doc(allow("i*m:AttachRolePolicy", "*")),
        doc(allow(["s3:GetObject", "iam:CreatePolicyVersion"], "*")),
        doc(allow("iam:TagRole", "*")),
        doc(allow("iam:BrandNewThing", "*")),
        doc({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}),
        doc({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),
        doc(allow("iam:PassRole", "*", Condition={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}})),
        doc(allow("iam:PassRole", "arn:aws:iam::1:role/*", Condition={"StringEquals": {"iam:PassedToService": "x"}})),
        doc(allow("iam:PassRole", "arn:aws:iam::1:role/r")),
        {"Version": "2012-10-17", "Statement": allow("iam:*", "*")},
    ],
)
def test_policies_that_open_iam_are_told(document: Any) -> None:
    assert why_it_widens(document) is not None


@pytest.mark.parametrize(
    "document",
    [
        READ,
        doc(allow("s3:*", "*")),
        doc(allow(["iam:GetRole", "iam:ListRolePolicies", "iam:Get*"], "*")),
        doc(deny("iam:*", "*")),
        doc(allow("iam:PassRole", "arn:aws:iam::1:role/r",
                  Condition={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}})),
    ],
)  # fmt: skip
def test_policies_that_do_not(document: Any) -> None:
    assert why_it_widens(document) is None


def test_a_policy_with_a_defect_is_not_applied(sandbox_session: AwsSession) -> None:
    document = doc(allow("s3:GetObject", "s3://bucket/key"))
    shown = plan(sandbox_session, ApplyPlanRequest(role_arn=make_role(sandbox_session), document=document))
    assert shown.refused is not None
    assert "s3://bucket/key" in shown.refused


def test_after_a_change_the_old_answers_are_forgotten_and_the_timer_runs(
    sandbox_session: AwsSession, store: UndoStore
) -> None:
    role = make_role(sandbox_session)
    wanted = CheckRequest(principal=role, action="s3:GetObject", resource="arn:aws:s3:::data/k")
    refuse(sandbox_session, "s3.GetBucketPolicy", "none", "NoSuchBucketPolicy")
    assert check_one(sandbox_session, wanted).check.answer == "denied"
    assert recent_change(role) is None
    result = apply(sandbox_session, confirmed(role), store)
    report = check_one(sandbox_session, wanted)
    assert report.check.as_far_as_seen == "allowed"
    assert report.recent_change is not None
    assert report.recent_change.propagation_until == result.propagation_until


def test_the_doctor_says_to_wait_after_a_change(sandbox_session: AwsSession, store: UndoStore) -> None:
    role = make_role(sandbox_session)
    text = (
        "An error occurred (AccessDenied) when calling the GetObject operation: User: arn:aws:sts::123456789012:"
        f"assumed-role/{name_of(role)}/me is not authorized to perform: s3:GetObject on resource: "
        '"arn:aws:s3:::data/k" because no identity-based policy allows the s3:GetObject action'
    )
    before = with_recent_change(explain(text))
    assert before == explain(text)
    apply(sandbox_session, confirmed(role), store)
    after = with_recent_change(explain(text))
    assert "was changed 0 s ago" in after.steps[0]
    assert after.steps[1:] == before.steps


def test_planning_writes_nothing(sandbox_session: AwsSession) -> None:
    role = make_role(sandbox_session)
    sandbox_session.client("iam")
    writes = [
        count(sandbox_session, f"iam.{each}") for each in ("PutRolePolicy", "AttachRolePolicy", "DeleteRolePolicy")
    ]
    plan(sandbox_session, ApplyPlanRequest(role_arn=role, document=READ))
    assert writes == [[], [], []]
