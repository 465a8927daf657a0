"""Captures jobs in this environment, whose boto3 only records, beside what the SDK's own launch sends.

Standard input: JSON, a list of {"spec": ..., "folder": ...} or {"code": ..., "folder": ...}, whose code defines
`estimator` and `inputs`. Standard output: JSON, a list of {"theirs", "ours", "warnings", "unchanged", "changes"} or
{"error", "trace", "sent"}. Run by the tests in an environment with SDK v2 or v3.
"""

import json
import os
import sys
import traceback
from pathlib import Path

import sdk_requests

import jupyter_smext as sm
from jupyter_smext.estimators.check import valid_spec
from jupyter_smext.estimators.launch import Uploaded, request_of
from jupyter_smext.estimators.request import Place
from jupyter_smext.estimators.tuning import jobs_of

PLACE = Place("us-east-1", "arn:aws:iam::111122223333:role/SageMaker", "demo-default")
SOURCE = "s3://demo-default/smext-source/abc/sourcedir.tar.gz"


def launched(estimator, inputs, options):
    """The request that the SDK itself sends."""
    sdk_requests.recorded.clear()
    call = getattr(estimator, "fit", None) or getattr(estimator, "tune", None)
    if call:
        call(inputs, **options, wait=False)
    else:
        estimator.train(input_data_config=inputs, **options, wait=False)
    assert len(sdk_requests.recorded) == 1
    return sdk_requests.recorded[0]["request"]


def ours(spec):
    valid = valid_spec(spec)
    packages = [Uploaded(SOURCE if job.source_code else None, "abc") for job in jobs_of(valid)]
    return request_of(valid, PLACE, job_name="ours", packages=packages, token="t" * 32)


def state(value, seen=None):
    """All that an object holds, for comparing; the session and what was launched before stand for themselves."""
    seen = seen or set()
    if id(value) in seen or callable(value) or type(value).__name__ in ("SageMakerConfig", "TensorBoardApp"):
        return None
    seen = seen | {id(value)}
    if isinstance(value, dict):
        return {str(key): state(each, seen) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [state(each, seen) for each in value]
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    if type(value).__name__.endswith(("Session", "TrainingJob")):
        return id(value)
    held = {**getattr(value, "__dict__", {}), **(getattr(value, "__pydantic_private__", None) or {})}
    return {"type": type(value).__name__, **state(held, seen)}


def piece(given):
    names = {}
    if "code" in given:
        exec(compile(given["code"], "piece.py", "exec"), names)
        estimator, inputs, options = names["estimator"], names.get("inputs"), names.get("options", {})
    else:
        spec = sm.Spec(given["spec"], folder=Path(given["folder"]))
        estimator = spec.to_estimator() if given["sdk"] == "v2" else spec.to_model_trainer()
        inputs, options = spec.inputs(), {}
        if getattr(estimator, "estimator_dict", None):
            options["include_cls_metadata"] = dict.fromkeys(estimator.estimator_dict, False)
    before = state(estimator)
    sdk_requests.recorded.clear()
    captured = sm.capture(estimator, inputs, **options)
    sent = [each["operation"] for each in sdk_requests.recorded]
    unchanged = state(estimator) == before
    return {
        "unchanged": unchanged,
        "sent": sent,
        "spec": captured.spec,
        "warnings": captured.warnings,
        "ours": ours(captured.spec),
        "theirs": launched(estimator, inputs, options),
    }


def main():
    # What git and the SDK print goes to standard error: the answer alone stands on standard output.
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    sdk_requests.prepare()
    results = []
    for given in json.load(sys.stdin):
        os.chdir(given["folder"])
        try:
            results.append(piece(given))
        except BaseException as error:
            sent = [each["operation"] for each in sdk_requests.recorded]
            trace = traceback.format_exc()
            results.append({"error": f"{type(error).__name__}: {error}", "trace": trace, "sent": sent})
    with answer:
        json.dump(results, answer, default=str)


main()
