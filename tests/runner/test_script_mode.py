"""Jobs in script mode, as SDK v2's framework estimators send them."""

from __future__ import annotations

import json
import textwrap

from runner_jobs import Jobs, channel

SKLEARN_SCRIPT = textwrap.dedent(
    """
    import argparse, os
    import joblib
    import pandas as pd
    from sklearn.linear_model import LogisticRegression

    parser = argparse.ArgumentParser()
    parser.add_argument("-C", type=float)
    parser.add_argument("--max-iter", type=int)
    parser.add_argument("--model-dir", default=os.environ["SM_MODEL_DIR"])
    parser.add_argument("--train", default=os.environ["SM_CHANNEL_TRAIN"])
    arguments = parser.parse_args()
    files = [os.path.join(arguments.train, name) for name in sorted(os.listdir(arguments.train))]
    frame = pd.concat([pd.read_csv(file) for file in files])
    model = LogisticRegression(C=arguments.C, max_iter=arguments.max_iter).fit(frame[["a", "b"]], frame["y"])
    print(f"train-accuracy={model.score(frame[['a', 'b']], frame['y']):.3f};")
    joblib.dump(model, os.path.join(arguments.model_dir, "model.joblib"))
    with open(os.path.join(os.environ["SM_OUTPUT_DATA_DIR"], "report.txt"), "w") as report:
        report.write("rows=%d" % len(frame))
    """
)


def test_sklearn_script_trains_on_its_channel_and_leaves_a_model(jobs: Jobs) -> None:
    prefix = jobs.put("iris/train/a.csv", "a,b,y\n0,0,0\n0,1,0\n5,5,1\n6,5,1\n").removesuffix("a.csv")
    jobs.put("iris/train/b.csv", "a,b,y\n1,0,0\n7,6,1\n")
    source = jobs.put_source(train__py=SKLEARN_SCRIPT)
    request = jobs.script_request(
        "train.py",
        source,
        {"C": "0.5", "max-iter": "100", "_tuning_objective_metric": '"accuracy"'},
        InputDataConfig=[channel("train", prefix)],
    )
    request["AlgorithmSpecification"]["MetricDefinitions"] = [
        {"Name": "train:accuracy", "Regex": "train-accuracy=([0-9.]+);"}
    ]
    job = jobs.start(request)
    result = job.result()
    assert (result.status, result.failure_reason, result.exit_code) == ("Completed", None, 0), job.events.lines
    assert job.events.statuses == ["Starting", "Downloading", "Training", "Uploading", "Completed"]
    assert job.events.metrics == [("train:accuracy", 1.0)]
    assert "model.joblib" in jobs.artifact(result.model_artifacts)
    output = result.model_artifacts.replace("model.tar.gz", "output.tar.gz")  # type: ignore[union-attr]
    assert jobs.artifact(output) == {"report.txt": b"rows=6"}


def test_the_variables_and_arguments_are_those_of_the_toolkit(jobs: Jobs) -> None:
    script = """
import json, os, sys
seen = {name: value for name, value in os.environ.items() if name.startswith(("SM_", "MY_", "TRAINING_"))}
print(json.dumps({"argv": sys.argv, "env": seen, "cwd": os.getcwd(), "python": sys.executable}))
"""
    hyperparameters = {
        "C": "0.5",
        "name": '"x y"',
        "verbose": "true",
        "nested": '{"a": 1, "b": [2]}',
        "nothing": "null",
        "unquoted": "plain",
        "sagemaker_other": "1",
        "_tuning_objective_metric": '"m"',
    }
    data = jobs.put("one/file.txt", "1")
    job = jobs.script(
        script, hyperparameters, InputDataConfig=[channel("my-data", data)], Environment={"MY_VARIABLE": "1"}
    )
    assert job.result().status == "Completed", job.events.lines
    told = json.loads(next(line for line in job.events.lines if line.startswith("{")))
    env = told["env"]
    assert told["argv"] == [
        "train.py", "-C", "0.5", "--name", "x y", "--nested", "a=1,b=[2]", "--nothing", "",
        "--unquoted", "plain", "--verbose", "True",
    ]  # fmt: skip
    assert json.loads(env["SM_USER_ARGS"]) == told["argv"][1:]
    assert told["cwd"] == "/opt/ml/code"
    assert env["SM_CHANNEL_MY-DATA"] == "/opt/ml/input/data/my-data"
    assert json.loads(env["SM_CHANNELS"]) == ["my-data"]
    assert json.loads(env["SM_HPS"])["nested"] == {"a": 1, "b": [2]}
    assert (env["SM_HP_VERBOSE"], env["SM_HP_NOTHING"], env["SM_HP_NAME"]) == ("true", "", "x y")
    assert env["SM_FRAMEWORK_PARAMS"] == '{"sagemaker_other":1}'
    assert (env["SM_CURRENT_HOST"], env["SM_HOSTS"], env["SM_MODULE_NAME"]) == ("algo-1", '["algo-1"]', "train")
    assert env["SM_RESOURCE_CONFIG"].startswith('{"current_group_name":"homogeneousCluster","current_host":"algo-1"')
    assert json.loads(env["SM_TRAINING_ENV"])["channel_input_dirs"] == {"my-data": "/opt/ml/input/data/my-data"}
    assert (env["MY_VARIABLE"], env["TRAINING_JOB_NAME"]) == ("1", job.run._request["TrainingJobName"])
    assert env["SM_MODEL_DIR"] == "/opt/ml/model"
    assert env["SM_OUTPUT_DATA_DIR"] == "/opt/ml/output/data"


def test_hard_coded_paths_are_the_jobs_own(jobs: Jobs) -> None:
    script = """
import json, os, socket
print(json.dumps(sorted(os.listdir("/opt/ml/input/config"))))
print(json.load(open("/opt/ml/input/config/hyperparameters.json"))["depth"])
print(open("/opt/ml/input/data/train/x.csv").read())
print(socket.gethostbyname("algo-1").split(".")[0])
open("/opt/ml/model/m.bin", "wb").write(b"model")
"""
    jobs.put("hard/x.csv", "content of x")
    job = jobs.script(script, {"depth": "3"}, InputDataConfig=[channel("train", "s3://data/hard")])
    result = job.result()
    assert result.status == "Completed", job.events.lines
    assert job.events.lines == [
        '["hyperparameters.json", "inputdataconfig.json", "resourceconfig.json"]',
        "3",
        "content of x",
        "127",
    ]
    assert jobs.artifact(result.model_artifacts) == {"m.bin": b"model"}


def test_a_raised_exception_is_the_failure_reason(jobs: Jobs) -> None:
    job = jobs.script("def f():\n    raise ValueError('no such column: age')\nprint('x')\nf()\n", {"epochs": "1"})
    result = job.result()
    assert (result.status, result.exit_code) == ("Failed", 1)
    assert result.failure_reason == (
        "AlgorithmError: ExecuteUserScriptError:\nExitCode 1\n"
        'ErrorMessage "ValueError: no such column: age"\n'
        'Command "python train.py --epochs 1", exit code: 1'
    )
    assert job.events.statuses[-2:] == ["Uploading", "Failed"]


def test_a_wrong_argument_is_told(jobs: Jobs) -> None:
    script = "import argparse\nargparse.ArgumentParser().parse_args()\n"
    result = jobs.script(script, {"depth": "1"}).result()
    assert result.exit_code == 2
    assert "error: unrecognized arguments: --depth 1" in str(result.failure_reason)


def test_the_failure_file_wins(jobs: Jobs) -> None:
    script = "open('/opt/ml/output/failure', 'w').write('the reason ' + 'x' * 5000)\nraise SystemExit(7)\n"
    reason = str(jobs.script(script).result().failure_reason)
    assert reason.startswith("AlgorithmError: the reason xxx")
    assert reason.endswith(", exit code: 7")
    assert len(reason) == 1024


def test_shell_entry_point_gets_the_arguments(jobs: Jobs) -> None:
    source = jobs.put_source(
        run__sh='#!/bin/bash\necho "got $*"\npython -c "import helper"\n', helper__py="print('helped')"
    )
    job = jobs.start(jobs.script_request("run.sh", source, {"text": '"a b; c"'}))
    assert job.result().status == "Completed", job.events.lines
    assert job.events.lines == ["got --text a b; c", "helped"]


def test_missing_entry_point_and_missing_source(jobs: Jobs) -> None:
    source = jobs.put_source(other__py="")
    result = jobs.start(jobs.script_request("train.py", source)).result()
    assert "has no train.py; it holds other.py" in str(result.failure_reason)
    result = jobs.start(jobs.script_request("train.py", "s3://data/absent/sourcedir.tar.gz")).result()
    assert result.failure_reason == (
        "AlgorithmError: Framework Error: \nThe source code at s3://data/absent/sourcedir.tar.gz cannot be fetched: "
        "404 (404): Not Found, exit code: 1"
    )


def test_network_isolation_with_code_as_a_channel(jobs: Jobs, endpoint: str) -> None:
    script = f"""
import socket
host, port = {endpoint.removeprefix("http://").partition(":")[::2]!r}
try:
    socket.create_connection((host, int(port)), timeout=5)
except OSError as error:
    print("no network:", type(error).__name__)
with socket.create_server(("algo-1", 0)) as server:
    socket.create_connection(server.getsockname()).close()
    print("loopback works")
"""
    source = jobs.put_source(train__py=script)
    request = jobs.script_request(
        "train.py",
        "/opt/ml/input/data/code/sourcedir.tar.gz",
        InputDataConfig=[channel("code", source)],
        EnableNetworkIsolation=True,
    )
    job = jobs.start(request)
    assert job.result().status == "Completed", job.events.lines
    assert job.events.lines == ["no network: ConnectionRefusedError", "loopback works"]
