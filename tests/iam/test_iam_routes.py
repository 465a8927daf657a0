from __future__ import annotations

import json
from typing import Any

import pytest
from iam_rules import allow, doc
from roles import make_role, name_of
from tornado.httpclient import HTTPClientError

from jupyter_smext.aws.session import AwsSession
from jupyter_smext.sandbox import SandboxInfo

READ = doc(allow("s3:GetObject", "arn:aws:s3:::data/*"))


@pytest.fixture
def call(jp_fetch: Any, sandbox: SandboxInfo) -> Any:
    async def post(path: str, body: Any) -> Any:
        answer = await jp_fetch("jupyter-smext", "api", "iam", *path.split("/"), method="POST", body=json.dumps(body))
        return json.loads(answer.body)

    return post


async def test_preflight_to_packet_to_apply_to_undo(
    call: Any, sandbox: SandboxInfo, sandbox_session: AwsSession
) -> None:
    role = make_role(sandbox_session)
    request = {
        "ModelName": "m",
        "ExecutionRoleArn": role,
        "PrimaryContainer": {"ModelDataUrl": f"s3://{sandbox.bucket}/model.tar.gz"},
    }
    asked = {"operation": "CreateModel", "request": request}
    report = await call("preflight", asked)
    document = report["missing"]["execution_role"]
    gaps = [check["requirement"] for check in report["checks"] if check["answer"] == "denied"]
    packet = await call("packet", {"requirements": gaps})
    assert packet["items"][0]["document"] == document

    plan = await call("apply/plan", {"role_arn": role, "document": document})
    assert plan["refused"] is None
    applied = await call("apply", {"role_arn": role, "document": document, "confirm": name_of(role)})
    after = await call("preflight", asked)
    assert after["missing"] == {}
    assert [change["role_arn"] for change in after["recent_changes"]] == [role]
    assert (await call("undo", {"undo_token": applied["undo_token"]}))["state"] == "undone"
    assert (await call("preflight", asked))["missing"] == report["missing"]


async def test_a_spec_becomes_the_request_of_its_launch(call: Any, sandbox: SandboxInfo) -> None:
    image = f"{sandbox.account}.dkr.ecr.{sandbox.region}.amazonaws.com/a:1"
    spec = {
        "api_version": "smext/v1",
        "kind": "TrainingJob",
        "metadata": {"base_job_name": "j"},
        "spec": {
            "algorithm": {"training_image": image},
            "compute": {"instance_type": "ml.m5.large"},
            "stopping_condition": {"max_runtime_in_seconds": 60},
        },
    }
    plan = await call("probes/plan", {"spec": spec})
    assert {probe["operation"] for probe in plan["probes"]} >= {"ecr:GetAuthorizationToken"}
    report = await call("preflight", {"spec": spec})
    assert report["operation"] == "CreateTrainingJob"
    assert image.split("/")[-1].split(":")[0] in json.dumps(report["checks"])


@pytest.mark.parametrize("body", [{}, {"request": {}}, {"request": {}, "spec": {}, "operation": "CreateModel"}])
async def test_a_preflight_of_nothing_is_refused(call: Any, body: Any) -> None:
    with pytest.raises(HTTPClientError) as caught:
        await call("preflight", body)
    assert caught.value.code == 400


async def test_policies_without_any_account(call: Any) -> None:
    linted = await call("lint", {"text": '{"Statement": [],}', "repair": True})
    assert "json-trailing-comma" in {finding["code"] for finding in linted["findings"]}
    case = {"principal": "arn:aws:iam::1:role/r".replace("::1:", "::111122223333:"), "action": "s3:GetObject",
            "resource": "arn:aws:s3:::data/k", "resource_account": "111122223333",
            "policies": {"identity": [READ]}}  # fmt: skip
    assert (await call("evaluate", case))["verdict"] == "allowed"
    without = {"without_statements": [{"layer": "identity", "policy": 0, "statement": 0}]}
    tried = await call("what-if", {"case": case, "changes": without})
    assert (tried["before"]["verdict"], tried["after"]["verdict"]) == ("allowed", "denied")
    assert tried["decisive"] == without["without_statements"]
    wrong = {"without_statements": [{"layer": "identity", "policy": 0, "statement": 7}]}
    with pytest.raises(HTTPClientError) as caught:
        await call("what-if", {"case": case, "changes": wrong})
    assert caught.value.code == 400


async def test_what_is_known_fills_in_what_an_error_does_not_tell(call: Any) -> None:
    text = "ClientError: An error occurred (403) when calling the HeadObject operation: Forbidden"
    told = await call("explain", {"text": text, "resource": "arn:aws:s3:::data/k"})
    assert (told["kind"], told["operation"], told["resource"]) == ("iam", "HeadObject", "arn:aws:s3:::data/k")


@pytest.mark.parametrize(
    ("access", "actions"),
    [
        ("read", {"s3:ListBucket", "s3:GetObject"}),
        ("write", {"s3:ListBucket", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"}),
    ],
)
async def test_a_generated_policy_is_enough_and_no_more(call: Any, access: str, actions: set[str]) -> None:
    made = await call("generate", {"kind": "bucket", "bucket": "data", "prefix": "a/", "access": access})
    assert {action for each in made["document"]["Statement"] for action in each["Action"]} == actions
    assert (made["passes_preflight"], made["every_action_needed"]) == (True, True)
    assert made["comparison"]["destroys"]


async def test_check_whoami_and_validate_answer(call: Any, sandbox: SandboxInfo) -> None:
    me = await call("whoami", {})
    checked = await call(
        "check", {"action": "s3:ListBucket", "resource": f"arn:aws:s3:::{sandbox.bucket}", "probes": True}
    )
    assert checked["check"]["requirement"]["principal"] == me["caller_arn"]
    assert (checked["check"]["answer"], checked["check"]["decided_by"]) == ("allowed", "probe")
    validated = await call("validate", {"text": json.dumps(READ)})
    assert (validated["ran"], bool(validated["reason"])) == (False, True)
