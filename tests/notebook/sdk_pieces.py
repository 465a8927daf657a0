"""What people write in notebooks with the SDKs: code that defines `estimator`, and `inputs` where there are some."""

from __future__ import annotations

_SESSION_V2 = """
import boto3, sagemaker
session = sagemaker.Session(boto_session=boto3.Session(region_name="us-east-1"), default_bucket="demo-default")
role = "arn:aws:iam::111122223333:role/SageMaker"
machine = dict(role=role, instance_type="ml.m5.large", instance_count=1, sagemaker_session=session)
inputs = {"train": "s3://demo-data/train/"}
"""

V2 = {
    "a script alone": """
from sagemaker.sklearn import SKLearn
estimator = SKLearn("src/train.py", framework_version="1.2-1", hyperparameters={"C": 0.5, "name": "x y"}, **machine)
""",
    "a folder, dependencies, metrics, tags": """
from sagemaker.pytorch import PyTorch
estimator = PyTorch(entry_point="train.py", source_dir="src", dependencies=["lib"], framework_version="2.1", py_version="py310",
    metric_definitions=[{"Name": "loss", "Regex": "loss=([0-9.]+)"}], tags=[{"Key": "a", "Value": "b"}],
    use_spot_instances=True, max_run=600, max_wait=1200, checkpoint_s3_uri="s3://demo-out/c", **machine)
options = {"experiment_config": {"ExperimentName": "e", "RunName": "r"}}
""",
    "network isolation": """
from sagemaker.xgboost import XGBoost
estimator = XGBoost(entry_point="train.py", source_dir="src", framework_version="1.7-1", enable_network_isolation=True,
    subnets=["subnet-1"], security_group_ids=["sg-1"], **machine)
""",
    "an image of one's own": """
from sagemaker.estimator import Estimator
estimator = Estimator("111122223333.dkr.ecr.us-east-1.amazonaws.com/mine:1", hyperparameters={"k": 3}, **machine)
""",
    "a built-in algorithm with records": """
from sagemaker import KMeans
from sagemaker.amazon.amazon_estimator import RecordSet
estimator = KMeans(k=3, **machine)
inputs = RecordSet(s3_data="s3://demo-data/records", num_records=150, feature_dim=4, channel="train")
options = {"mini_batch_size": 50}
""",
    "a built-in image": """
from sagemaker import image_uris
from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput
estimator = Estimator(image_uris.retrieve("xgboost", "us-east-1", "1.7-1"), hyperparameters={"num_round": 10}, **machine)
inputs = {"train": TrainingInput("s3://demo-data/train/", content_type="text/csv", input_mode="FastFile")}
""",
    "a tuner": """
from sagemaker.sklearn import SKLearn
from sagemaker.tuner import CategoricalParameter, ContinuousParameter, HyperparameterTuner
script = SKLearn("src/train.py", framework_version="1.2-1", **machine)
estimator = HyperparameterTuner(script, "accuracy", {"C": ContinuousParameter(0.1, 1), "name": CategoricalParameter(["a", "b"])},
    metric_definitions=[{"Name": "accuracy", "Regex": "accuracy=([0-9.]+)"}], max_jobs=4, max_parallel_jobs=2)
""",
    "code in S3": """
from sagemaker.sklearn import SKLearn
estimator = SKLearn("train.py", source_dir="s3://demo-code/sourcedir.tar.gz", framework_version="1.2-1", **machine)
""",
}
V2["code in a git repository"] = """
from sagemaker.sklearn import SKLearn
estimator = SKLearn("train.py", source_dir="src", framework_version="1.2-1",
    git_config={"repo": "https://git.example.com/team/code.git", "branch": "release"}, **machine)
"""
V2 = {name: _SESSION_V2 + code for name, code in V2.items()}

# Code of an object that can not be captured -> words of the refusal.
V2_REFUSED = {
    """
from sagemaker.local import LocalSession
from sagemaker.sklearn import SKLearn
machine |= {"sagemaker_session": LocalSession(session.boto_session)}
estimator = SKLearn("src/train.py", framework_version="1.2-1", **machine | {"instance_type": "local"})
""": "local mode",
    """
from sagemaker.sklearn import SKLearn
from sagemaker.workflow.pipeline_context import PipelineSession
machine |= {"sagemaker_session": PipelineSession(boto_session=session.boto_session, default_bucket="demo-default")}
estimator = SKLearn("src/train.py", framework_version="1.2-1", **machine)
""": "belongs to a pipeline",
    """
from sagemaker.sklearn import SKLearn
estimator = SKLearn
""": "SKLearn, a class, is nothing that the SageMaker SDK launches",
}
V2_REFUSED = {_SESSION_V2 + code: words for code, words in V2_REFUSED.items()}

_SESSION_V3 = """
import boto3
from sagemaker.core.helper.session_helper import Session
from sagemaker.core.training.configs import Compute, InputData, SourceCode
from sagemaker.train import ModelTrainer
session = Session(boto_session=boto3.Session(region_name="us-east-1"), default_bucket="demo-default")
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"
common = dict(role="arn:aws:iam::111122223333:role/SageMaker", sagemaker_session=session, base_job_name="v3")
inputs = [InputData(channel_name="train", data_source="s3://demo-data/train/")]
"""

V3 = {
    "a script": """
estimator = ModelTrainer(training_image=IMAGE, source_code=SourceCode(source_dir="src", entry_script="train.py"),
    compute=Compute(instance_type="ml.m5.large", instance_count=1), hyperparameters={"decay": 0.5, "name": "x y", "flag": True}, **common)
""",
    "an image of one's own": """
estimator = ModelTrainer(training_image="111122223333.dkr.ecr.us-east-1.amazonaws.com/mine:1", hyperparameters={"k": 3}, **common)
""",
    "torchrun": """
from sagemaker.train.distributed import Torchrun
image = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.1-gpu-py310"
estimator = ModelTrainer(training_image=image, source_code=SourceCode(source_dir="src", entry_script="train.py"),
    distributed=Torchrun(), compute=Compute(instance_type="ml.g5.xlarge", instance_count=2), **common)
""",
    "a tuner": """
from sagemaker.core.parameter import ContinuousParameter
from sagemaker.train.tuner import HyperparameterTuner
trainer = ModelTrainer(training_image=IMAGE, source_code=SourceCode(source_dir="src", entry_script="train.py"),
    compute=Compute(instance_type="ml.m5.large", instance_count=1), hyperparameters={"epochs": "2"}, **common)
estimator = HyperparameterTuner(trainer, "accuracy", {"C": ContinuousParameter(0.1, 1)},
    metric_definitions=[{"Name": "accuracy", "Regex": "accuracy=([0-9.]+)"}], max_jobs=4, max_parallel_jobs=2)
""",
}
V3 = {name: _SESSION_V3 + code for name, code in V3.items()}

_SCRIPT_V3 = """
script = dict(source_dir="src", entry_script="train.py")
machine = dict(training_image=IMAGE, compute=Compute(instance_type="ml.m5.large", instance_count=1), **common)
"""
V3_REFUSED = {
    """
from sagemaker.train.model_trainer import Mode
estimator = ModelTrainer(source_code=SourceCode(**script), training_mode=Mode.LOCAL_CONTAINER, **machine)
""": "local mode",
    """
from sagemaker.core.workflow.pipeline_context import PipelineSession
machine |= {"sagemaker_session": PipelineSession(boto_session=session.boto_session, default_bucket="demo-default")}
estimator = ModelTrainer(source_code=SourceCode(**script), **machine)
""": "belongs to a pipeline",
    """
estimator = ModelTrainer(source_code=SourceCode(source_dir="src", command="python train.py"), **machine)
""": "runs a command",
    """
estimator = ModelTrainer(source_code=SourceCode(source_dir="s3://demo-code/folder/", entry_script="train.py"), **machine)
""": "packs a folder",
    """
from sagemaker.core.parameter import ContinuousParameter
from sagemaker.train.tuner import HyperparameterTuner
both = {name: ModelTrainer(source_code=SourceCode(**script), **machine) for name in ("a", "b")}
estimator = HyperparameterTuner.create(both, {"a": "accuracy", "b": "accuracy"},
    {"a": {"C": ContinuousParameter(0.1, 1)}, "b": {"C": ContinuousParameter(1, 2)}},
    metric_definitions_dict={name: [{"Name": "accuracy", "Regex": "accuracy=([0-9.]+)"}] for name in both},
    max_jobs=4, max_parallel_jobs=2)
inputs = {"a": inputs, "b": inputs}
""": "fails to launch a tuner of several ModelTrainers",
}
V3_REFUSED = {_SESSION_V3 + _SCRIPT_V3 + code: words for code, words in V3_REFUSED.items()}
