"""What a user of SDK v2 writes for algorithms of AWS's own: arrays in, records as RecordIO-protobuf on the way."""

import json
import sys
import time

import boto3
import numpy as np
from sagemaker import KMeans, LinearLearner
from sklearn.datasets import load_iris

measures, species = load_iris(return_X_y=True)
measures = measures.astype("float32")
setosa = (species == 0).astype("float32")
sagemaker = boto3.client("sagemaker")
machines = {"role": sys.argv[1], "instance_count": 1, "instance_type": "ml.m5.large"}


def answers(estimator, records):
    """Train, deploy, ask about all flowers, clean up."""
    estimator.fit(records, mini_batch_size=50, wait=False)
    name = estimator.latest_training_job.name
    while (status := sagemaker.describe_training_job(TrainingJobName=name))["TrainingJobStatus"] == "InProgress":
        time.sleep(0.2)
    assert status["TrainingJobStatus"] == "Completed", status["FailureReason"]
    predictor = estimator.deploy(initial_instance_count=1, instance_type="ml.m5.large", wait=False)
    while sagemaker.describe_endpoint(EndpointName=predictor.endpoint_name)["EndpointStatus"] == "Creating":
        time.sleep(0.2)
    labels = [record.label for record in predictor.predict(measures)]
    predictor.delete_model()
    predictor.delete_endpoint()
    return labels


kmeans = KMeans(k=3, **machines)
clusters = [label["closest_cluster"].float32_tensor.values[0] for label in answers(kmeans, kmeans.record_set(measures))]
learner = LinearLearner(predictor_type="binary_classifier", **machines)
predicted = [
    label["predicted_label"].float32_tensor.values[0]
    for label in answers(learner, learner.record_set(measures, labels=setosa))
]
result = {
    "clusters of setosa": len(set(clusters[:50])),
    "clusters": len(set(clusters)),
    "accuracy": float(np.mean(np.array(predicted) == setosa)),
}
print("RESULT " + json.dumps(result))
