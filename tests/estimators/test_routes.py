from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError

from jupyter_smext.sandbox import SandboxInfo

from .specs import REMOVED, changed

EXAMPLE = Path(__file__).parents[2] / "examples" / "penguins"
SPEC = changed(
    ("spec.role", REMOVED), ("spec.input_data_config", []), ("spec.source_code", {"entry_script": "train.py"})
)


@pytest.fixture
def call(jp_fetch: Any) -> Any:
    async def post(path: str, body: Any = None) -> Any:
        options: dict[str, Any] = {"method": "GET"} if body is None else {"method": "POST", "body": json.dumps(body)}
        answer = await jp_fetch("jupyter-smext", "api", "estimators", path, **options)
        return json.loads(answer.body)

    return post


@pytest.fixture
def document(jp_root_dir: Path) -> str:
    (jp_root_dir / "jobs").mkdir()
    shutil.copy(EXAMPLE / "train.py", jp_root_dir / "jobs")
    return "jobs/churn.sagemaker.yaml"


async def test_the_schema_describes_every_field(call: Any) -> None:
    schema = await call("schema")
    untitled = [
        f"{name}.{key}"
        for name, section in schema["$defs"].items()
        for key, field in section.get("properties", {}).items()
        if "title" not in field and "$ref" not in field
    ]
    assert untitled == []
    assert schema["properties"]["kind"]["const"] == "TrainingJob"
    assert "null" not in json.dumps(schema)
    instance_type = schema["$defs"]["Compute"]["properties"]["instance_type"]
    assert instance_type["pattern"].startswith(r"\$\{|^(ml")


async def test_the_catalog_is_served(call: Any) -> None:
    served = await call("catalog")
    assert {"sklearn", "pytorch"} <= {each["name"] for each in served["frameworks"]}
    assert any(each["instance_type"] == "ml.m5.large" for each in served["instance_types"])


async def test_a_text_is_parsed_without_credentials(call: Any) -> None:
    text = (EXAMPLE / "penguins.sagemaker.yaml").read_text()
    parsed = await call("parse", {"text": text})
    assert parsed["problems"] == []
    assert parsed["spec"]["spec"]["input_data_config"][0]["s3_uri"] == "s3://${profile.bucket}/penguins/train/"
    parsed = await call("parse", {"text": text.replace("instance_type:", "instanc_type:")})
    [typo] = [each for each in parsed["problems"] if each["path"] == "spec.compute.instanc_type"]
    assert (typo["suggestion"], typo["line"]) == ("instance_type", text[: text.index("instance_type:")].count("\n") + 1)


async def test_an_edited_spec_is_written_with_its_comments(call: Any) -> None:
    text = (EXAMPLE / "penguins.sagemaker.yaml").read_text()
    parsed = await call("parse", {"text": text})
    parsed["spec"]["spec"]["hyperparameters"]["stages"] = 20
    formatted = await call("format", {"spec": parsed["spec"], "text": text})
    assert formatted["text"] == text.replace("stages: 300", "stages: 20")


async def test_cells_become_a_script(call: Any) -> None:
    script = await call("script", {"cells": ["%pip install tqdm", "print(1)"], "origin": "cells of a.ipynb"})
    assert script["text"].startswith("# Made from cells of a.ipynb")
    assert script["text"].endswith("\n# %pip install tqdm\n\n\nprint(1)\n")
    assert script["left_out"] == ["%pip install tqdm"]


async def test_the_request_is_shown_as_it_would_be_sent(call: Any, sandbox: SandboxInfo, document: str) -> None:
    shown = await call("request", {"spec": SPEC, "document": document})
    assert shown["request"]["RoleArn"] == sandbox.role_arn
    assert shown["request"]["HyperParameters"]["sagemaker_program"] == '"train.py"'


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("request", {"spec": changed(("spec.compute.instance_cuont", 1)), "document": "a.sagemaker.yaml"}),
        ("request", {"spec": SPEC, "document": "../../etc/a.sagemaker.yaml"}),
        ("request", {"spec": SPEC, "document": "nowhere/a.sagemaker.yaml"}),
        ("launch-token", {"document": ""}),
        ("format", {"spec": SPEC, "text": "a: ["}),
    ],
)
async def test_what_is_wrong_is_an_invalid_request(call: Any, sandbox: SandboxInfo, path: str, body: Any) -> None:
    with pytest.raises(HTTPClientError) as caught:
        await call(path, body)
    assert caught.value.code == 400
    assert caught.value.response is not None
    assert json.loads(caught.value.response.body)["code"] == "InvalidRequest"


async def test_two_clicks_and_two_tabs_are_one_job(call: Any, sandbox: SandboxInfo, document: str) -> None:
    token = (await call("launch-token", {"document": document}))["token"]
    assert (await call("launch-token", {"document": document})) == {"token": token, "training_job_name": None}
    launch = {"spec": SPEC, "document": document, "token": token}
    tasks = await asyncio.gather(*(call("launches", launch) for _ in range(3)))
    assert [each["state"] for each in tasks] == ["succeeded"] * 3, tasks
    assert len({each["result"]["training_job_name"] for each in tasks}) == 1
    assert sorted(each["result"]["already_launched"] for each in tasks) == [False, True, True]
    spent = await call("launch-token", {"document": document})
    assert spent["training_job_name"] == tasks[0]["result"]["training_job_name"]
    fresh = await call("launch-token", {"document": document, "replace": token})
    assert fresh["token"] != token
    assert fresh["training_job_name"] is None


async def test_a_failed_launch_is_a_failed_task_that_says_why(call: Any, sandbox: SandboxInfo, document: str) -> None:
    token = (await call("launch-token", {"document": document}))["token"]
    spec = changed(("spec.source_code.entry_script", "nothing.py"), base=SPEC)
    task = await call("launches", {"spec": spec, "document": document, "token": token})
    assert task["state"] == "failed"
    assert "nothing.py" in task["error"]["message"]
    assert task["error"]["hint"]


async def test_a_spec_is_exported_priced_and_looked_at(call: Any, sandbox: SandboxInfo, document: str) -> None:
    exported = await call("export", {"spec": SPEC, "document": document, "dialect": "sdk-v2"})
    assert exported["code"].startswith("# From churn.sagemaker.yaml")
    assert exported["notes"] == []
    price = await call("price", {"spec": SPEC})
    assert price["usd_at_most"] == pytest.approx(0.115)
    found = await call("preflight", {"spec": SPEC, "document": document})
    assert found["price"]["usd_at_most"] == price["usd_at_most"]
    assert {each["level"] for each in found["findings"]} <= {"error", "warning", "unknown"}
    assert found["findings"]


async def test_a_request_becomes_a_spec(call: Any, sandbox: SandboxInfo, document: str) -> None:
    shown = await call("request", {"spec": SPEC, "document": document})
    imported = await call("import", {"request": shown["request"]})
    assert imported["spec"]["spec"]["algorithm"]["framework"]["name"] == "sklearn"
    with pytest.raises(HTTPClientError) as caught:
        await call("import", {})
    assert caught.value.code == 400


async def test_a_document_is_locked(call: Any, sandbox: SandboxInfo, document: str, jp_root_dir: Path) -> None:
    (jp_root_dir / document).write_text((await call("format", {"spec": SPEC}))["text"])
    locked = await call("lock", {"document": document})
    assert locked["path"] == "jobs/churn.sagemaker.lock.yaml"
    assert (jp_root_dir / locked["path"]).is_file()
    assert locked["changes"] == []


async def test_the_schema_of_a_tuning_job(jp_fetch: Any) -> None:
    answer = await jp_fetch("jupyter-smext", "api", "estimators", "schema", params={"kind": "HyperParameterTuningJob"})
    assert "tuning" in json.loads(answer.body)["properties"]


async def test_changes_since_the_launch_before_are_those_of_the_request(
    call: Any, sandbox: SandboxInfo, document: str
) -> None:
    token = (await call("launch-token", {"document": document}))["token"]
    task = await call("launches", {"spec": SPEC, "document": document, "token": token})
    body = {"document": document, "training_job_name": task["result"]["training_job_name"]}
    assert (await call("changes", {"spec": SPEC, **body}))["changes"] == []
    other = changed(
        ("spec.compute.instance_type", "ml.c5.xlarge"),
        ("spec.hyperparameters", {"epochs": 3}),
        ("spec.networking", {"enable_network_isolation": False}),
        base=SPEC,
    )
    found = {each["path"]: each for each in (await call("changes", {"spec": other, **body}))["changes"]}
    assert found["ResourceConfig.InstanceType"] == {
        "path": "ResourceConfig.InstanceType",
        "before": SPEC["spec"]["compute"]["instance_type"],
        "after": "ml.c5.xlarge",
    }
    assert found["HyperParameters.epochs"]["after"] == "3"
    assert "EnableNetworkIsolation" not in found


async def test_a_local_spec_runs_as_a_task_with_its_log(call: Any, jp_fetch: Any, jp_root_dir: Path) -> None:
    folder = jp_root_dir / "here"
    folder.mkdir()
    script = "import os, pathlib\nprint('learning')\npathlib.Path(os.environ['SM_MODEL_DIR'], 'm').write_text('1')\n"
    (folder / "train.py").write_text(script)
    spec = changed(
        ("spec.compute.instance_type", "local"),
        ("spec.hyperparameters", {}),
        ("spec.algorithm.metric_definitions", REMOVED),
        base=SPEC,
    )
    body = {"spec": spec, "document": "here/a.sagemaker.yaml", "token": "not-used"}
    task = await ended(jp_fetch, await call("launches", body))
    assert task["error"] is None
    assert task["result"]["local"]
    assert (folder / task["result"]["model_artifacts"]).is_file()
    log = await call("local-log", {"document": "here/a.sagemaker.yaml", "offset": 0})
    assert "learning\n" in log["text"]
    assert (await call("local-log", {"document": "here/a.sagemaker.yaml", "offset": log["offset"]}))["text"] == ""

    (folder / "train.py").write_text("import time\nprint('waiting', flush=True)\ntime.sleep(60)\n")
    task = await call("launches", body)
    assert (await call("launches", body))["id"] == task["id"], "the run under way"
    while "waiting" not in (await call("local-log", {"document": "here/a.sagemaker.yaml"}))["text"]:
        await asyncio.sleep(0.05)
    await jp_fetch("jupyter-smext", "api", "tasks", task["id"], method="DELETE")
    assert (await ended(jp_fetch, task))["state"] == "cancelled"

    (folder / "train.py").write_text("raise ValueError('no such column')")
    task = await ended(jp_fetch, await call("launches", body))
    assert task["state"] == "failed"
    assert "no such column" in task["error"]["message"]


async def ended(jp_fetch: Any, task: dict[str, Any]) -> dict[str, Any]:
    while task["state"] in ("queued", "running"):
        await asyncio.sleep(0.05)
        task = json.loads((await jp_fetch("jupyter-smext", "api", "tasks", task["id"])).body)
    return task
