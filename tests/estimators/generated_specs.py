"""Valid specs of every kind, as many as wanted, the same ones for the same seed."""

from __future__ import annotations

import random
from typing import Any

from jupyter_smext.estimators.catalog import catalog
from jupyter_smext.estimators.check import check
from jupyter_smext.estimators.images import BUILTINS, CatalogError, framework_versions, image_uri

ROLE = "arn:aws:iam::111122223333:role/SageMaker"
CPU, GPU = ("ml.m5.large", "ml.c5.xlarge", "ml.m5.2xlarge"), ("ml.g5.xlarge", "ml.p3.2xlarge", "ml.g4dn.xlarge")
FRAMEWORKS = ("sklearn", "pytorch", "tensorflow", "xgboost", "huggingface", "mxnet", "chainer", "autogluon")
OWN_IMAGE = "111122223333.dkr.ecr.us-east-1.amazonaws.com/mine:1"
ALGORITHM = "arn:aws:sagemaker:us-east-1:111122223333:algorithm/bought"
KINDS = (*FRAMEWORKS, "builtin", "own image", "own image with a script", "algorithm")


def generated(count: int, *, sdk: str, seed: int = 7) -> list[dict[str, Any]]:
    """Specs whose every part the SDK can say, each kind in turn, every fifth a tuning job."""
    random_source = random.Random(seed)
    specs: list[dict[str, Any]] = []
    while len(specs) < count:
        kind = KINDS[len(specs) % len(KINDS)]
        tuning = len(specs) % 5 == 4 and not (sdk == "v3" and kind == "algorithm")
        spec = _Generator(random_source, sdk).spec(kind, tuning=tuning)
        problems = check(spec).problems
        assert not problems, (spec, problems)
        specs.append(spec)
    return specs


class _Generator:
    def __init__(self, source: random.Random, sdk: str) -> None:
        self.random = source
        self.sdk = sdk

    def maybe(self, chance: float = 0.4) -> bool:
        return self.random.random() < chance

    def spec(self, kind: str, *, tuning: bool) -> dict[str, Any]:
        job = self.job(kind, tuning=tuning)
        spec: dict[str, Any] = {
            "api_version": "smext/v1",
            "kind": "HyperParameterTuningJob" if tuning else "TrainingJob",
            "metadata": {"base_job_name": "job"},
            "spec": job,
        }
        if self.maybe():
            spec["metadata"]["tags"] = {"project": "churn", "cost center": "4711"}
        if self.sdk == "v2" and not tuning and kind != "algorithm" and self.maybe():
            spec["metadata"]["experiment"] = {"experiment_name": "e", "run_name": "r"}
        if tuning:
            spec["tuning"] = self.tuning(job, kind)
        return spec

    def job(self, kind: str, *, tuning: bool) -> dict[str, Any]:
        pick = self.random.choice
        job: dict[str, Any] = {"role": ROLE, "algorithm": {}, "compute": {}}
        algorithm = job["algorithm"]
        instance_type = pick(CPU)
        if kind in FRAMEWORKS:
            algorithm["framework"], instance_type = self.framework(kind)
        elif kind == "builtin":
            name = pick(BUILTINS)
            version = pick(framework_versions(name)) if name == "xgboost" else None
            algorithm["builtin"] = {"name": name, **({"version": version} if version else {})}
        elif kind == "algorithm":
            algorithm["algorithm_name"] = ALGORITHM
            instance_type = "ml.m5.large"
        else:
            algorithm["training_image"] = OWN_IMAGE
        script = kind in FRAMEWORKS or kind == "own image with a script"
        if script:
            job["source_code"] = {"source_dir": "src", "entry_script": "train.py"}
        job["compute"] = self.compute(instance_type, kind, tuning)
        job["stopping_condition"] = {"max_runtime_in_seconds": pick((3600, 86400, 600))}
        if job["compute"].get("enable_managed_spot_training"):
            job["stopping_condition"]["max_wait_time_in_seconds"] = 172800
        job["hyperparameters"] = self.hyperparameters(kind)
        job["input_data_config"] = self.channels(kind)
        if kind != "algorithm" and (self.maybe() or tuning):
            algorithm["metric_definitions"] = [
                {"name": "validation:f1", "regex": "f1=([0-9.]+)"},
                {"name": "loss", "regex": "loss: ([-0-9.e+]+)"},
            ]
        if self.maybe() and kind != "algorithm":
            algorithm["training_input_mode"] = pick(("File", "FastFile"))
        if self.maybe(0.3) and self.sdk == "v2" and kind in ("pytorch", "own image") and not tuning:
            algorithm["enable_sage_maker_metrics_time_series"] = pick((True, False))
        if kind == "own image" and self.sdk == "v2" and self.maybe() and not tuning:
            algorithm["container_entrypoint"] = ["python3", "/opt/run.py"]
            algorithm["container_arguments"] = ["--fast"]
        if kind == "own image" and self.maybe(0.3) and not tuning:
            algorithm["training_image_config"] = {
                "training_repository_access_mode": "Vpc",
                "training_repository_auth_config": {
                    "training_repository_credentials_provider_arn": "arn:aws:lambda:us-east-1:111122223333:function:x"
                },
            }
        self.surroundings(job, kind, tuning)
        if "training_image_config" in algorithm:
            job["networking"] = {**job.get("networking", {}), "subnets": ["subnet-1"], "security_group_ids": ["sg-1"]}
        return job

    def framework(self, name: str) -> tuple[dict[str, Any], str]:
        entry = next(each for each in catalog().frameworks if each.name == name)
        while True:
            # Versions that the newest two years of images have: SDK v2 refuses some of the oldest for other reasons.
            version = self.random.choice(entry.versions[:4])
            instance_type = self.random.choice(CPU if self.maybe(0.6) and name != "huggingface" else GPU)
            chosen: dict[str, Any] = {"name": name, "version": version.version}
            if version.py_versions:
                chosen["py_version"] = version.py_versions[-1]
            if version.base_framework_versions:
                chosen["base_framework_version"] = version.base_framework_versions[-1]
            try:
                image_uri(
                    name,
                    version.version,
                    "us-east-1",
                    instance_type,
                    chosen.get("py_version"),
                    base_framework_version=chosen.get("base_framework_version"),
                )
            except CatalogError:
                continue
            return chosen, instance_type

    def compute(self, instance_type: str, kind: str, tuning: bool) -> dict[str, Any]:
        count = 1 if kind in ("sklearn", "algorithm") else self.random.choice((1, 1, 2))
        compute: dict[str, Any] = {
            "instance_type": instance_type,
            "instance_count": count,
            "volume_size_in_gb": self.random.choice((30, 100)),
        }
        if self.maybe(0.2) and not (self.sdk == "v3" and tuning):
            compute["volume_kms_key_id"] = "arn:aws:kms:us-east-1:111122223333:key/v"
        if self.maybe(0.3):
            compute["enable_managed_spot_training"] = True
        elif self.maybe(0.2) and not tuning:
            compute["keep_alive_period_in_seconds"] = 600
        if self.maybe(0.15) and kind not in ("sklearn", "algorithm", *FRAMEWORKS) and not tuning:
            del compute["instance_type"], compute["instance_count"]
            compute["instance_groups"] = [
                {"instance_group_name": "a", "instance_type": instance_type, "instance_count": 1},
                {"instance_group_name": "b", "instance_type": "ml.m5.large", "instance_count": 2},
            ]
        elif self.maybe(0.2) and self.sdk == "v3" and not tuning and not compute.get("enable_managed_spot_training"):
            del compute["instance_type"], compute["instance_count"]
            compute.pop("keep_alive_period_in_seconds", None)
            compute["instance_preferences"] = [{"instance_type": instance_type, "instance_count": 1}]
        return compute

    def hyperparameters(self, kind: str) -> dict[str, Any]:
        values: dict[str, Any] = {"epochs": 3, "learning-rate": 0.1, "name": "x y", "flag": True, "layers": [64, 32]}
        chosen = {name: value for name, value in values.items() if self.maybe(0.6)}
        return {"k": 3, **chosen} if kind == "builtin" else chosen

    def channels(self, kind: str) -> list[dict[str, Any]]:
        channel: dict[str, Any] = {"channel_name": "train", "s3_uri": "s3://demo-data/train/"}
        if kind == "algorithm":
            return [{**channel, "content_type": "text/csv"}]
        if self.maybe():
            channel |= {"content_type": "text/csv", "input_mode": self.random.choice(("File", "FastFile"))}
        if self.maybe(0.2):
            channel |= {"compression_type": "Gzip", "shuffle_config": {"seed": 5}}
        channels = [channel]
        if self.maybe():
            channels.append(
                {
                    "channel_name": "validation",
                    "s3_uri": "s3://demo-data/m.json",
                    "s3_data_type": "AugmentedManifestFile",
                    "attribute_names": ["image", "label"],
                    "s3_data_distribution_type": "ShardedByS3Key",
                    "record_wrapper_type": "RecordIO",
                    "input_mode": "Pipe",
                }
            )
        return channels

    def surroundings(self, job: dict[str, Any], kind: str, tuning: bool) -> None:
        job["output_data_config"] = {"s3_output_path": "s3://demo-out/models"}
        if self.maybe(0.3):
            job["output_data_config"]["kms_key_id"] = "arn:aws:kms:us-east-1:111122223333:key/o"
        if self.maybe(0.2) and kind != "algorithm":
            job["output_data_config"]["compression_type"] = "NONE"
        if self.maybe(0.3):
            job["environment"] = {"LEVEL": "info", "N": "3"}
        if self.maybe(0.3):
            job["checkpoint_config"] = {"s3_uri": "s3://demo-out/checkpoints", "local_path": "/opt/ml/checkpoints"}
        if self.maybe(0.3):
            job["retry_strategy"] = {"maximum_retry_attempts": 2}
        network: dict[str, Any] = {}
        if self.maybe(0.3):
            network |= {"subnets": ["subnet-1"], "security_group_ids": ["sg-1"]}
        if self.maybe(0.2) and not (self.sdk == "v3" and tuning):
            network["enable_inter_container_traffic_encryption"] = True
        if self.maybe(0.2) and kind not in ("algorithm",) and not tuning:
            network["enable_network_isolation"] = True
        if network:
            job["networking"] = network
        if self.maybe(0.15):
            job["input_data_config"][0] = {
                "channel_name": "train",
                "file_system": {"file_system_id": "fs-12345678", "directory_path": "/data", "file_system_type": "EFS"},
            }
            if kind == "algorithm":
                job["input_data_config"][0]["content_type"] = "text/csv"
            job["networking"] = {**network, "subnets": ["subnet-1"], "security_group_ids": ["sg-1"]}
        self.distribution(job, kind)
        if not tuning:
            self.observation(job, kind)

    def distribution(self, job: dict[str, Any], kind: str) -> None:
        if not job["compute"].get("instance_type") or not self.maybe(0.4):
            return
        choices = {
            "pytorch": ("torch_distributed", "mpi"),
            "huggingface": ("torch_distributed",),
            "tensorflow": ("parameter_server", "mpi") if self.sdk == "v2" else ("mpi",),
            "mxnet": ("mpi",),
        }.get(kind)
        if choices:
            chosen = self.random.choice(choices)
            if chosen == "torch_distributed" and self.sdk == "v2" and job["compute"]["instance_type"] in CPU:
                return  # v2 refuses it there
            job["distribution"] = {"type": chosen}
            if chosen == "mpi":
                job["distribution"] |= {"processes_per_host": 2, "custom_mpi_options": "--verbose"}

    def observation(self, job: dict[str, Any], kind: str) -> None:
        if kind == "algorithm" and self.sdk == "v2":
            return
        if self.maybe(0.2):
            job["remote_debug_config"] = {"enable_remote_debug": True}
        if self.maybe(0.2):
            job["session_chaining_config"] = {"enable_session_tag_chaining": True}
        if self.maybe(0.2):
            job["infra_check_config"] = {"enable_infra_check": True}
        if self.maybe(0.2) and kind in ("pytorch", "tensorflow", "own image"):
            job["tensor_board_output_config"] = {"s3_output_path": "s3://demo-out/board", "local_path": "/opt/ml/board"}
        if self.sdk == "v2" and self.maybe(0.2) and kind == "own image":
            job["profiler_config"] = {
                "s3_output_path": "s3://demo-out/profile",
                "profiling_interval_in_milliseconds": 500,
            }
            job["debug_hook_config"] = {
                "s3_output_path": "s3://demo-out/hook",
                "hook_parameters": {"save_interval": "100"},
                "collection_configurations": [{"collection_name": "losses"}],
            }

    def tuning(self, job: dict[str, Any], kind: str) -> dict[str, Any]:
        strategy = self.random.choice(("Bayesian", "Random", "Hyperband", "Grid"))
        metric = "validation:f1"
        tuning: dict[str, Any] = {
            "strategy": strategy,
            "objective": {"metric_name": metric, "type": self.random.choice(("Maximize", "Minimize"))},
            "resource_limits": {"max_number_of_training_jobs": 6, "max_parallel_training_jobs": 2},
            "parameter_ranges": {"categorical": {"optimizer": ["sgd", "adam"]}},
        }
        if strategy == "Grid":
            del tuning["resource_limits"]["max_number_of_training_jobs"]
        else:
            tuning["parameter_ranges"] |= {
                "continuous": {"learning-rate": {"min_value": 0.001, "max_value": 0.5, "scaling_type": "Logarithmic"}},
                "integer": {"epochs": {"min_value": 1, "max_value": 9}},
            }
            if self.maybe():
                tuning["resource_limits"]["max_runtime_in_seconds"] = 7200
        if strategy == "Hyperband":
            tuning["strategy_config"] = {"hyperband_strategy_config": {"min_resource": 1, "max_resource": 9}}
        elif self.maybe():
            tuning["training_job_early_stopping_type"] = "Auto"
        if self.maybe():
            tuning["random_seed"] = 7
        if self.maybe(0.3):
            tuning["tuning_job_completion_criteria"] = {
                "target_objective_metric_value": 0.9,
                "best_objective_not_improving": {"max_number_of_training_jobs_not_improving": 3},
                "convergence_detected": {"complete_on_convergence": "Enabled"},
            }
        if self.maybe(0.3) and strategy in ("Bayesian", "Random"):
            tuning["warm_start_config"] = {
                "parent_hyper_parameter_tuning_jobs": ["earlier"],
                "warm_start_type": "TransferLearning",
            }
        if self.sdk == "v2" and self.maybe(0.3):
            tuning["definition_name"] = "one"
            tuning["definitions"] = [
                {
                    "definition_name": "two",
                    "spec": {**job, "hyperparameters": {"layers": [1]}},
                    "objective": tuning["objective"],
                    "parameter_ranges": tuning["parameter_ranges"],
                }
            ]
        return tuning
