"""Jobs on several instances, each a process of this machine."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from runner_jobs import Jobs, channel

from jupyter_smext.runner.cluster import Cluster
from jupyter_smext.runner.supervisor import Supervisor

TWO = {"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 30}
MEETING = """
import json, os, socket, time
hosts, me = json.loads(os.environ["SM_HOSTS"]), os.environ["SM_CURRENT_HOST"]
print(sorted(os.listdir(os.environ["SM_CHANNEL_TRAIN"])))
if me == hosts[0]:
    server = socket.create_server((me, 7777))
    connection, _ = server.accept()
    print("received", connection.recv(100).decode())
else:
    for attempt in range(100):
        try:
            connection = socket.create_connection((hosts[0], 7777))
            break
        except ConnectionRefusedError:
            time.sleep(0.05)
    connection.sendall(b"hello from " + me.encode())
open(os.path.join(os.environ["SM_MODEL_DIR"], me), "w").write(me)
"""


def test_two_hosts_meet_and_their_models_become_one(jobs: Jobs) -> None:
    for number in range(3):
        jobs.put(f"{jobs.name}/parts/{number}", "x")
    data = channel("train", f"s3://data/{jobs.name}/parts/", S3DataDistributionType="ShardedByS3Key")
    job = jobs.script(MEETING, InputDataConfig=[data], ResourceConfig=TWO)
    result = job.result()
    assert result.status == "Completed", "\n".join(f"{host} {line}" for host, line in job.events.by_host)
    assert ("algo-1", "received hello from algo-2") in job.events.by_host
    assert ("algo-1", "['0', '2']") in job.events.by_host
    assert ("algo-2", "['1']") in job.events.by_host
    assert jobs.artifact(result.model_artifacts) == {"algo-1": b"algo-1", "algo-2": b"algo-2"}


def test_when_one_host_fails_the_job_fails_and_the_others_end(jobs: Jobs) -> None:
    script = """
import os, time
if os.environ["SM_CURRENT_HOST"] == "algo-2":
    raise RuntimeError("the second host is down")
time.sleep(120)
"""
    result = jobs.script(script, ResourceConfig=TWO).result(20)
    assert result.status == "Failed"
    assert "RuntimeError: the second host is down" in str(result.failure_reason)


XGBOOST = """
import json, os
import xgboost
from sagemaker_containers import entry_point
from sagemaker_xgboost_container import distributed
from sagemaker_xgboost_container.data_utils import get_dmatrix

def train(matrix, model_dir, is_master):
    booster = xgboost.train({"max_depth": 2}, matrix, num_boost_round=3)
    print("trained on", matrix.num_row(), "rows of", xgboost.collective.get_world_size(), "hosts", is_master)
    if is_master:
        booster.save_model(model_dir + "/model.json")

entry_point._wait_hostname_resolution()
matrix = get_dmatrix(os.environ["SM_CHANNEL_TRAIN"], "csv")
distributed.rabit_run(
    exec_fun=train,
    args={"matrix": matrix, "model_dir": os.environ["SM_MODEL_DIR"]},
    include_in_training=matrix is not None,
    hosts=json.loads(os.environ["SM_HOSTS"]),
    current_host=os.environ["SM_CURRENT_HOST"],
    update_rabit_args=True,
)
"""


@pytest.mark.parametrize("files", [2, 1])
def test_xgboost_trains_on_the_hosts_that_have_data(jobs: Jobs, files: int) -> None:
    for number in range(files):
        jobs.put(f"{jobs.name}/rows/{number}.csv", "0,1,2\n1,3,4\n0,1,3\n")
    data = channel("train", f"s3://data/{jobs.name}/rows/", S3DataDistributionType="ShardedByS3Key")
    job = jobs.script(XGBOOST, InputDataConfig=[data], ResourceConfig=TWO)
    result = job.result()
    assert result.status == "Completed", "\n".join(f"{host} {line}" for host, line in job.events.by_host)
    assert ("algo-1", f"trained on 3 rows of {files} hosts True") in job.events.by_host
    assert (("algo-2", "trained on 3 rows of 2 hosts False") in job.events.by_host) is (files == 2)
    assert list(jobs.artifact(result.model_artifacts)) == ["model.json"]


def test_the_built_in_xgboost_trains_on_all_hosts_and_tells_its_metrics_once(jobs: Jobs) -> None:
    for number in range(2):
        jobs.put(f"{jobs.name}/rows/{number}.csv", "0,1,2\n1,3,4\n0,1,3\n")
    data = channel("train", f"s3://data/{jobs.name}/rows/", S3DataDistributionType="ShardedByS3Key")
    request = jobs.request(
        InputDataConfig=[data | {"ContentType": "text/csv"}], ResourceConfig=TWO, HyperParameters={"num_round": "2"}
    )
    request["AlgorithmSpecification"]["TrainingImage"] = (
        "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
    )
    job = jobs.start(request)
    result = job.result()
    assert result.status == "Completed", "\n".join(f"{host} {line}" for host, line in job.events.by_host)
    assert sum(line.endswith("Train matrix has 3 rows and 2 columns") for line in job.events.lines) == 2
    assert [name for name, _ in job.events.metrics] == ["train:rmse"] * 2
    assert list(jobs.artifact(result.model_artifacts)) == ["xgboost-model"]


def test_several_hosts_need_names_of_their_own(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Supervisor, "isolation_problem", property(lambda self: "a test says so"))
    result = jobs.script("", ResourceConfig=TWO).result()
    assert str(result.failure_reason).startswith("ClientError: 2 instances need host names of their own")


def test_instance_groups() -> None:
    cluster = Cluster(
        {
            "InstanceGroups": [
                {"InstanceGroupName": "data", "InstanceType": "ml.c5.xlarge", "InstanceCount": 2},
                {"InstanceGroupName": "train", "InstanceType": "ml.g5.xlarge", "InstanceCount": 1},
            ]
        }
    )
    assert cluster.hosts == ["algo-1", "algo-2", "algo-3"]
    config = cluster.resource_config("algo-3")
    assert (config["current_group_name"], config["current_instance_type"]) == ("train", "ml.g5.xlarge")
    assert [group["hosts"] for group in config["instance_groups"]] == [["algo-1", "algo-2"], ["algo-3"]]
    assert json.dumps(config)
    hosts_file = cluster.hosts_file().splitlines()
    assert re.fullmatch(r"127\.\d+\.\d+\.3 algo-3", hosts_file[-1])
    assert Path("/etc/hosts").read_text().splitlines()[0] == hosts_file[0]


GROUPS = {
    "VolumeSizeInGB": 30,
    "InstanceGroups": [
        {"InstanceGroupName": "data", "InstanceType": "ml.c5.xlarge", "InstanceCount": 1},
        {"InstanceGroupName": "train", "InstanceType": "ml.m5.large", "InstanceCount": 2},
    ],
}
WHO = """
import json, os
channels = sorted(name for name in os.environ if name.startswith("SM_CHANNEL_"))
rows = sorted(os.listdir(os.environ["SM_CHANNEL_PARTS"])) if "SM_CHANNEL_PARTS" in channels else []
print(os.environ["SM_CURRENT_INSTANCE_GROUP"], os.environ["SM_CURRENT_INSTANCE_TYPE"], rows)
"""


def test_hosts_in_groups_get_the_data_of_their_group(jobs: Jobs) -> None:
    for number in range(3):
        jobs.put(f"{jobs.name}/parts/{number}", "x")
    parts = channel(
        "parts",
        f"s3://data/{jobs.name}/parts/",
        S3DataDistributionType="ShardedByS3Key",
        InstanceGroupNames=["train"],
    )
    job = jobs.script(WHO, InputDataConfig=[parts], ResourceConfig=GROUPS)
    assert job.result().status == "Completed", job.events.lines
    assert ("algo-1", "data ml.c5.xlarge []") in job.events.by_host
    assert ("algo-2", "train ml.m5.large ['0', '2']") in job.events.by_host
    assert ("algo-3", "train ml.m5.large ['1']") in job.events.by_host


def test_the_first_preference_is_taken(jobs: Jobs) -> None:
    preferences = [
        {"InstanceType": "ml.g5.xlarge", "InstanceCount": 1},
        {"InstanceType": "ml.g4dn.xlarge", "InstanceCount": 2},
    ]
    job = jobs.script(WHO, ResourceConfig={"VolumeSizeInGB": 30, "InstancePreferences": preferences})
    assert job.result().status == "Completed"
    assert ("algo-1", "homogeneousCluster ml.g5.xlarge []") in job.events.by_host
    assert {host for host, _ in job.events.by_host} == {"algo-1"}
