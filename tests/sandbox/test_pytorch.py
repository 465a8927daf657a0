"""PyTorch scripts, on one process and on two that talk to each other through gloo."""

from __future__ import annotations

import importlib.util
import io
import json
from typing import Any

import numpy as np
import palmerpenguins
import pytest

from .support import Aws, channel

IMAGE = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.5-cpu-py311"
# Each process imports PyTorch, which takes three seconds on a quiet machine.
SECONDS = 120
SCRIPT = """
import argparse, os
import numpy as np
import torch
import torch.distributed as dist

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int)
parser.add_argument("--backend", default="")
args = parser.parse_args()
torch.manual_seed(0)
torch.set_num_threads(1)
if args.backend:
    dist.init_process_group(args.backend)
rank, world = (dist.get_rank(), dist.get_world_size()) if args.backend else (0, 1)
print(f"rank {rank} of {world} on {os.environ['SM_CURRENT_HOST']}")

rows = torch.tensor(np.loadtxt(os.environ["SM_CHANNEL_TRAIN"] + "/rows.csv", delimiter=","), dtype=torch.float32)
labels, features = rows[:, 0].long(), rows[:, 1:]
features = (features - features.mean(0)) / features.std(0)
model = torch.nn.Sequential(torch.nn.Linear(features.shape[1], 8), torch.nn.ReLU(), torch.nn.Linear(8, 3))
trained = torch.nn.parallel.DistributedDataParallel(model) if args.backend else model
optimizer = torch.optim.Adam(trained.parameters(), lr=0.05)
for epoch in range(args.epochs):
    loss = torch.nn.functional.cross_entropy(trained(features[rank::world]), labels[rank::world])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
accuracy = (model(features).argmax(1) == labels).float().mean()
weight = torch.cat([parameter.detach().flatten() for parameter in model.parameters()]).sum()
print(f"rank {rank} ends with weights {weight:.6f}")
print(f"accuracy={accuracy:.4f};")
if rank == 0:
    torch.jit.script(model).save(os.environ["SM_MODEL_DIR"] + "/model.pt")
if args.backend:
    dist.destroy_process_group()
"""


@pytest.fixture(autouse=True)
def torch_is_installed() -> None:
    if importlib.util.find_spec("torch") is None:
        pytest.fail(
            "PyTorch is missing: 'make test-py' installs it, or pip install torch==2.13.0 into this environment."
        )


def request(aws: Aws, bucket: str, hyperparameters: dict[str, str], instances: int) -> dict[str, Any]:
    table = palmerpenguins.load_penguins().dropna()
    species = table["species"].astype("category").cat.codes
    measures = table[["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]]
    text = io.StringIO()
    np.savetxt(text, np.column_stack([species, measures]), delimiter=",")
    job = aws.training_request(bucket, SCRIPT)
    aws.client("s3").put_object(Bucket=bucket, Key="penguins/rows.csv", Body=text.getvalue().encode())
    job["InputDataConfig"] = [channel(f"s3://{bucket}/penguins/")]
    job["AlgorithmSpecification"] = {
        "TrainingImage": IMAGE,
        "TrainingInputMode": "File",
        "MetricDefinitions": [{"Name": "accuracy", "Regex": "accuracy=([0-9.]+);"}],
    }
    job["HyperParameters"] |= hyperparameters
    job["ResourceConfig"]["InstanceCount"] = instances
    job["StoppingCondition"]["MaxRuntimeInSeconds"] = SECONDS
    return job


def train(aws: Aws, job: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    aws.client("sagemaker").create_training_job(**job)
    description = aws.finished(job["TrainingJobName"], SECONDS)
    lines = aws.job_lines(job["TrainingJobName"])
    assert description["TrainingJobStatus"] == "Completed", "\n".join([description["FailureReason"], *lines])
    return description, lines


def test_one_process_and_an_endpoint(aws: Aws, bucket: str) -> None:
    job, _ = train(aws, request(aws, bucket, {"epochs": "60"}, instances=1))
    [accuracy] = job["FinalMetricDataList"]
    assert accuracy["Value"] > 0.95

    name, sagemaker = job["TrainingJobName"], aws.client("sagemaker")
    sagemaker.create_model(
        ModelName=name,
        ExecutionRoleArn=aws.info.role_arn,
        PrimaryContainer={
            "Image": IMAGE.replace("training", "inference"),
            "ModelDataUrl": job["ModelArtifacts"]["S3ModelArtifacts"],
        },
    )
    sagemaker.create_endpoint_config(
        EndpointConfigName=name,
        ProductionVariants=[
            {"VariantName": "all", "ModelName": name, "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
        ],
    )
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    assert aws.endpoint(name)["EndpointStatus"] == "InService"
    answer = aws.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=name, Body=b"[[0, 0, 0, 0]]", ContentType="application/json"
    )
    assert np.array(json.loads(answer["Body"].read())).shape == (1, 3)
    sagemaker.delete_endpoint(EndpointName=name)


def test_two_hosts_on_gloo(aws: Aws, bucket: str) -> None:
    distribution = {"sagemaker_torch_distributed_enabled": "true", "backend": "gloo", "epochs": "40"}
    job, lines = train(aws, request(aws, bucket, distribution, instances=2))
    assert {line for line in lines if " of 2 on " in line} == {"rank 0 of 2 on algo-1", "rank 1 of 2 on algo-2"}
    # Both hold the same model after training on different halves.
    weights = [line.split(" ends with weights ")[1] for line in lines if " ends with weights " in line]
    assert len(weights) == 2
    assert len(set(weights)) == 1
    assert job["FinalMetricDataList"][0]["Value"] > 0.95
