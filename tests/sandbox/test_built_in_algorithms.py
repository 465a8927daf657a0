"""AWS's own algorithms, trained by their local stand-ins on real data and then asked."""

from __future__ import annotations

import io
import json
import uuid
from typing import Any

import numpy as np
import palmerpenguins
import pytest
from sklearn import datasets
from sklearn.model_selection import train_test_split

from jupyter_smext.runner.toolkits.smext_algorithms import recordio_protobuf

from .support import Aws, channel

ECR = "683313688378.dkr.ecr.us-east-1.amazonaws.com"
IMAGES = {
    "xgboost": f"{ECR}/sagemaker-xgboost:1.7-1",
    "linear-learner": "382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1",
    "kmeans": "382416733822.dkr.ecr.us-east-1.amazonaws.com/kmeans:1",
    "knn": "382416733822.dkr.ecr.us-east-1.amazonaws.com/knn:1",
    "pca": "382416733822.dkr.ecr.us-east-1.amazonaws.com/pca:1",
}


def penguins() -> tuple[Any, Any]:
    """Four measures of each penguin, and whether it is female."""
    table = palmerpenguins.load_penguins().dropna()
    measures = table[["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]].to_numpy(float)
    return measures, (table["sex"] == "female").to_numpy(int)


def csv(features: Any, labels: Any | None = None) -> str:
    rows = features if labels is None else np.column_stack([labels, features])
    text = io.StringIO()
    np.savetxt(text, rows, delimiter=",", fmt="%.6g")
    return text.getvalue()


def request(
    aws: Aws,
    bucket: str,
    algorithm: str,
    hyperparameters: dict[str, str],
    data: dict[str, str | bytes],
    content_type: str = "text/csv",
    **changes: Any,
) -> dict[str, Any]:
    """A job of a built-in algorithm with a channel for each entry of ``data``."""
    channels = []
    for name, rows in data.items():
        aws.client("s3").put_object(Bucket=bucket, Key=f"{algorithm}/{name}/rows", Body=rows)
        channels.append(channel(f"s3://{bucket}/{algorithm}/{name}/", name) | {"ContentType": content_type})
    return {
        "TrainingJobName": f"{algorithm}-{uuid.uuid4().hex[:8]}",
        "RoleArn": aws.info.role_arn,
        "AlgorithmSpecification": {"TrainingImage": IMAGES[algorithm], "TrainingInputMode": "File"},
        "HyperParameters": hyperparameters,
        "InputDataConfig": channels,
        "OutputDataConfig": {"S3OutputPath": f"s3://{bucket}/output"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 120},
    } | changes


def train(aws: Aws, *args: Any, **kwargs: Any) -> dict[str, Any]:
    job = request(aws, *args, **kwargs)
    aws.client("sagemaker").create_training_job(**job)
    return aws.finished(job["TrainingJobName"], seconds=120)


def completed(aws: Aws, *args: Any, **kwargs: Any) -> dict[str, Any]:
    job = train(aws, *args, **kwargs)
    assert job["TrainingJobStatus"] == "Completed", job["FailureReason"]
    return job


def metric(job: dict[str, Any], name: str) -> float:
    return next(float(item["Value"]) for item in job["FinalMetricDataList"] if item["MetricName"] == name)


class Endpoint:
    """The model of a job behind an endpoint."""

    def __init__(self, aws: Aws, job: dict[str, Any]) -> None:
        self._aws = aws
        self._name = job["TrainingJobName"]
        sagemaker = aws.client("sagemaker")
        sagemaker.create_model(
            ModelName=self._name,
            ExecutionRoleArn=aws.info.role_arn,
            PrimaryContainer={
                "Image": job["AlgorithmSpecification"]["TrainingImage"],
                "ModelDataUrl": job["ModelArtifacts"]["S3ModelArtifacts"],
            },
        )
        variant = {"VariantName": "all", "ModelName": self._name, "InitialInstanceCount": 1}
        sagemaker.create_endpoint_config(
            EndpointConfigName=self._name, ProductionVariants=[variant | {"InstanceType": "ml.m5.large"}]
        )
        sagemaker.create_endpoint(EndpointName=self._name, EndpointConfigName=self._name)

    def __enter__(self) -> Endpoint:
        description = self._aws.endpoint(self._name)
        assert description["EndpointStatus"] == "InService", description["FailureReason"]
        return self

    def __exit__(self, *args: object) -> None:
        self._aws.client("sagemaker").delete_endpoint(EndpointName=self._name)

    def ask(self, body: str, content_type: str = "text/csv", **accept: str) -> Any:
        answer = self._aws.client("sagemaker-runtime").invoke_endpoint(
            EndpointName=self._name, Body=body.encode(), ContentType=content_type, **accept
        )
        return answer["ContentType"], answer["Body"].read().decode()

    def rows(self, features: Any, key: str = "predictions") -> list[dict[str, Any]]:
        content_type, body = self.ask(csv(features))
        assert content_type == "application/json"
        rows: list[dict[str, Any]] = json.loads(body)[key]
        return rows


def test_xgboost(aws: Aws, bucket: str) -> None:
    measures, female = penguins()
    train_x, test_x, train_y, test_y = train_test_split(measures, female, random_state=1, stratify=female)
    job = completed(
        aws,
        bucket,
        "xgboost",
        {
            "num_round": "20",
            "max_depth": "3",
            "eta": "0.3",
            "objective": "binary:logistic",
            "eval_metric": "auc,accuracy",
            "sketch_eps": "0.03",
        },
        {"train": csv(train_x, train_y), "validation": csv(test_x, test_y)},
    )
    lines = aws.job_lines(job["TrainingJobName"])
    assert any(line.startswith("[19]#011train-auc:") and "#011validation-accuracy:" in line for line in lines)
    assert any("sketch_eps=0.03 has no counterpart here" in line for line in lines)
    assert metric(job, "validation:auc") > 0.9
    assert "validation:auc" in [item["Name"] for item in job["AlgorithmSpecification"]["MetricDefinitions"]]

    with Endpoint(aws, job) as endpoint:
        content_type, body = endpoint.ask(csv(test_x))
        assert content_type == "text/csv"
        predicted = np.array(body.split(","), float) > 0.5
        assert (predicted == test_y).mean() == pytest.approx(metric(job, "validation:accuracy"), abs=1e-4)
        assert (predicted == test_y).mean() > 0.85
        libsvm = "".join(
            "0 " + " ".join(f"{column}:{value}" for column, value in enumerate(row)) + "\n" for row in test_x[:3]
        )
        assert endpoint.ask(libsvm, "text/libsvm")[1].split(",") == body.split(",")[:3]


def test_linear_learner(aws: Aws, bucket: str) -> None:
    measures, female = penguins()
    train_x, test_x, train_y, test_y = train_test_split(measures, female, random_state=1, stratify=female)
    job = completed(
        aws,
        bucket,
        "linear-learner",
        {"predictor_type": "binary_classifier", "feature_dim": "4", "epochs": "10", "mini_batch_size": "50"},
        {"train": csv(train_x, train_y), "validation": csv(test_x, test_y)},
    )
    baseline = max(test_y.mean(), 1 - test_y.mean())
    assert metric(job, "validation:binary_classification_accuracy") > baseline + 0.25
    assert metric(job, "validation:objective_loss") < 0.6
    lines = aws.job_lines(job["TrainingJobName"])
    assert any("mini_batch_size=50 has no counterpart" in line for line in lines)
    assert any("One model is trained" in line for line in lines)

    with Endpoint(aws, job) as endpoint:
        rows = endpoint.rows(test_x)
        assert set(rows[0]) == {"score", "predicted_label"}
        right = np.mean([row["predicted_label"] for row in rows] == test_y)
        assert right == pytest.approx(metric(job, "validation:binary_classification_accuracy"))
        instances = json.dumps({"instances": [{"features": row.tolist()} for row in test_x[:2]]})
        content_type, body = endpoint.ask(instances, "application/json", Accept="application/jsonlines")
        assert content_type == "application/jsonlines"
        first = json.loads(body.splitlines()[0])
        assert first["score"] == pytest.approx(rows[0]["score"], abs=1e-4)


def test_linear_learner_with_classes_and_with_numbers(aws: Aws, bucket: str) -> None:
    iris = datasets.load_iris()
    diabetes = datasets.load_diabetes()
    flowers = train_test_split(iris.data, iris.target, random_state=1)
    patients = train_test_split(diabetes.data, diabetes.target, random_state=1)
    for kind, parts, more in (
        ("multiclass_classifier", flowers, {"num_classes": "3"}),
        ("regressor", patients, {}),
    ):
        train_x, test_x, train_y, test_y = parts
        job = completed(
            aws,
            bucket,
            "linear-learner",
            {"predictor_type": kind, **more},
            {"train": csv(train_x, train_y), "test": csv(test_x, test_y)},
        )
        if kind == "regressor":
            assert metric(job, "test:mse") < 0.7 * np.var(test_y)
        else:
            assert metric(job, "test:multiclass_accuracy") > 0.8


def test_kmeans(aws: Aws, bucket: str) -> None:
    iris = datasets.load_iris()
    data = {"train": csv(iris.data), "test": csv(iris.data)}
    job = completed(aws, bucket, "kmeans", {"k": "3", "feature_dim": "4"}, data, content_type="text/csv;label_size=0")
    assert metric(job, "test:msd") < 0.3 * iris.data.var(axis=0).sum()
    with Endpoint(aws, job) as endpoint:
        rows = endpoint.rows(iris.data)
        assert set(rows[0]) == {"closest_cluster", "distance_to_cluster"}
        clusters = np.array([row["closest_cluster"] for row in rows])
        # Setosa lies apart from the others.
        assert len(set(clusters[:50])) == 1
        assert clusters[0] not in clusters[50:]


def test_knn(aws: Aws, bucket: str) -> None:
    iris = datasets.load_iris()
    train_x, test_x, train_y, test_y = train_test_split(iris.data, iris.target, random_state=1)
    job = completed(
        aws,
        bucket,
        "knn",
        {"k": "5", "sample_size": "100", "predictor_type": "classifier", "feature_dim": "4"},
        {
            "train": recordio_protobuf.write_features(train_x, train_y),
            "test": recordio_protobuf.write_features(test_x, test_y),
        },
        "application/x-recordio-protobuf",
    )
    assert metric(job, "test:accuracy") > 0.9
    with Endpoint(aws, job) as endpoint:
        labels = [row["predicted_label"] for row in endpoint.rows(test_x)]
        assert np.mean(labels == test_y) == pytest.approx(metric(job, "test:accuracy"))
        _, body = endpoint.ask(csv(test_x[:1]), Accept="application/json; verbose=true")
        [row] = json.loads(body)["predictions"]
        assert len(row["distances"]) == len(row["labels"]) == 5


def test_pca(aws: Aws, bucket: str) -> None:
    iris = datasets.load_iris()
    job = completed(
        aws,
        bucket,
        "pca",
        {"feature_dim": "4", "num_components": "2", "mini_batch_size": "50"},
        {"train": csv(iris.data)},
        content_type="text/csv;label_size=0",
    )
    with Endpoint(aws, job) as endpoint:
        projections = np.array([row["projection"] for row in endpoint.rows(iris.data, "projections")])
    explained = projections.var(axis=0) / iris.data.var(axis=0).sum()
    assert explained[1] == pytest.approx(0.9246, abs=1e-3)
    assert explained[0] == pytest.approx(0.0531, abs=1e-3)


@pytest.mark.parametrize(
    ("algorithm", "hyperparameters", "text", "reason"),
    [
        (
            "xgboost",
            {"max_depth": "3"},
            "1,2\n",
            "AlgorithmError: framework error: \nsagemaker_algorithm_toolkit.exceptions.UserError: "
            "Missing required hyperparameter: num_round, exit code: 1",
        ),
        ("kmeans", {"k": "1", "feature_dim": "1"}, "1,2\n", "ClientError: Hyperparameter k: 1 is not in [2, inf), exit code: 2"),
        ("kmeans", {"k": "2", "feature_dim": "1", "trees": "3"}, "1,2\n", "ClientError: Extraneous hyperparameter found: trees, exit code: 2"),
        (
            "knn",
            {"k": "1", "sample_size": "9", "predictor_type": "regressor", "feature_dim": "1"},
            "label,width\n1,2\n",
            "ClientError: Unable to read data of rows as text/csv: line 1: could not convert string to float: 'label', exit code: 2",
        ),
    ],
)  # fmt: skip
def test_what_fails(
    aws: Aws, bucket: str, algorithm: str, hyperparameters: dict[str, str], text: str, reason: str
) -> None:
    job = train(aws, bucket, algorithm, hyperparameters, {"train": text})
    assert (job["TrainingJobStatus"], job["FailureReason"]) == ("Failed", reason)


def test_csv_that_is_taken_for_libsvm(aws: Aws, bucket: str) -> None:
    job = request(aws, bucket, "xgboost", {"num_round": "1"}, {"train": "1,2\n"})
    del job["InputDataConfig"][0]["ContentType"]
    aws.client("sagemaker").create_training_job(**job)
    reason = aws.finished(job["TrainingJobName"])["FailureReason"]
    assert "First line '1,2...' of file 'rows' is not 'LIBSVM' format." in reason


def test_an_algorithm_without_a_stand_in(aws: Aws, bucket: str) -> None:
    job = request(aws, bucket, "kmeans", {"k": "2"}, {"train": "1,2\n"})
    job["AlgorithmSpecification"]["TrainingImage"] = "382416733822.dkr.ecr.us-east-1.amazonaws.com/blazingtext:1"
    aws.client("sagemaker").create_training_job(**job)
    reason = aws.finished(job["TrainingJobName"])["FailureReason"]
    assert reason.startswith("ClientError: The algorithm blazingtext has no local stand-in")
