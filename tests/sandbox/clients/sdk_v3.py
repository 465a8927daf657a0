"""What a user of SDK v3 writes: train with a ModelTrainer and watch it."""

import json
import logging
import sys
from pathlib import Path

import boto3
from sagemaker.core.training.configs import Compute, InputData, SourceCode
from sagemaker.train.model_trainer import ModelTrainer

# SDK v3 shows the lines of the job through logging.
logging.basicConfig(level=logging.INFO)
bucket = sys.argv[1]
trainer = ModelTrainer(
    training_image="683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-cpu-py3",
    source_code=SourceCode(source_dir=str(Path(__file__).parent / "source"), entry_script="train.py"),
    compute=Compute(instance_type="ml.m5.large", instance_count=1),
    hyperparameters={"C": 0.5, "max-iter": 200, "label": "two words"},
    base_job_name="sdk-v3",
)
data = InputData(channel_name="train", data_source=f"s3://{bucket}/iris/train/")
trainer.train(input_data_config=[data], wait=True, logs=True)
job = trainer._latest_training_job.training_job_name
description = boto3.client("sagemaker").describe_training_job(TrainingJobName=job)
print("RESULT " + json.dumps({"job": job, "status": description["TrainingJobStatus"]}))
