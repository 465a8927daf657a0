"""What a user of SDK v2 writes: train with an Estimator, attach to the job, deploy, predict, clean up."""

import json
import sys
import time
from pathlib import Path

import boto3
import numpy as np
from sagemaker.sklearn import SKLearn

bucket = sys.argv[1]
estimator = SKLearn(
    entry_point="train.py",
    source_dir=str(Path(__file__).parent / "source"),
    instance_type="ml.m5.large",
    instance_count=1,
    framework_version="1.2-1",
    py_version="py3",
    hyperparameters={"C": 0.5, "max-iter": 200, "label": "two words"},
    metric_definitions=[{"Name": "train:accuracy", "Regex": "train-accuracy=([0-9.]+);"}],
    tags=[{"Key": "made-by", "Value": "sdk-v2"}],
)
estimator.fit({"train": f"s3://{bucket}/iris/train/"}, wait=True, logs=True)
job = estimator.latest_training_job.name
description = boto3.client("sagemaker").describe_training_job(TrainingJobName=job)
attached = SKLearn.attach(job)
result = {
    "job": job,
    "status": description["TrainingJobStatus"],
    "metrics": {metric["MetricName"]: metric["Value"] for metric in description["FinalMetricDataList"]},
    "model": attached.model_data,
}
# wait=True would sleep for half a minute before its first look.
predictor = estimator.deploy(initial_instance_count=1, instance_type="ml.m5.large", wait=False)
while boto3.client("sagemaker").describe_endpoint(EndpointName=predictor.endpoint_name)["EndpointStatus"] == "Creating":
    time.sleep(0.2)
result["predictions"] = predictor.predict(np.array([[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3]])).tolist()
predictor.delete_model()
predictor.delete_endpoint()
print("RESULT " + json.dumps(result))
