"""Script mode: what the SageMaker Training Toolkit of the framework containers does around a user's script.

The rules are those of the toolkit's source, https://github.com/aws/sagemaker-training-toolkit (environment.py,
mapping.py, entry_point.py): which hyperparameters become arguments, what the SM_* variables hold, what is executed.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from typing import Any

from jupyter_smext.runner import mpi
from jupyter_smext.runner.failure import JobFailedError
from jupyter_smext.runner.ml_folder import MlFolder

_RESERVED_PREFIX = "sagemaker_"
_TUNING_METRIC = "_tuning_objective_metric"
_OWN_PARAMETERS = {
    "sagemaker_program",
    "sagemaker_submit_directory",
    "sagemaker_enable_cloudwatch_metrics",
    "sagemaker_region",
    "sagemaker_container_log_level",
    "sagemaker_job_name",
    "default_user_module_name",
    "sagemaker_s3_output",
    _TUNING_METRIC,
}
"""Those that the toolkit itself uses; other sagemaker_* parameters are for the framework."""
_UNAVAILABLE_LAUNCHERS = {
    "sagemaker_distributed_dataparallel_enabled": "smdistributed data parallel",
    "sagemaker_parameter_server_enabled": "the TensorFlow parameter server",
    "sagemaker_multi_worker_mirrored_strategy_enabled": "the TensorFlow multi-worker mirrored strategy",
    "sagemaker_pytorch_xla_multi_worker_enabled": "PyTorch XLA",
}
_MPI = "sagemaker_mpi_enabled"
_TORCHRUN = ("sagemaker_torch_distributed_enabled", "sagemaker_pytorch_ddp_enabled")
_ENTRY_POINT = re.compile(r"[A-Za-z0-9._][A-Za-z0-9._+-]*(/[A-Za-z0-9._+-]+)*")


class ScriptMode:
    """One container of a script mode job."""

    def __init__(
        self,
        request: Mapping[str, Any],
        ml: MlFolder,
        *,
        resource_config: Mapping[str, Any],
        input_data_config: Mapping[str, Any],
    ) -> None:
        self._request = request
        self._ml = ml
        self._resource_config = resource_config
        self._input_data_config = input_data_config
        everything = {name: _decode(ml.adapt(value)) for name, value in request.get("HyperParameters", {}).items()}
        self.entry_point = str(entry_point(request))
        self._hyperparameters: dict[str, Any] = {}
        self._framework_parameters: dict[str, Any] = {}
        for name, value in everything.items():
            if name in _OWN_PARAMETERS:
                continue
            of_framework = name.startswith(_RESERVED_PREFIX)
            (self._framework_parameters if of_framework else self._hyperparameters)[name] = value
        environment = request.get("Environment", {})
        self.submit_directory = str(
            everything.get("sagemaker_submit_directory") or environment.get("SAGEMAKER_SUBMIT_DIRECTORY") or ""
        )
        self._log_level = everything.get("sagemaker_container_log_level", 20)
        self._region = str(everything.get("sagemaker_region", ""))

    def arguments(self) -> list[str]:
        """The hyperparameters as command line arguments."""
        arguments = []
        for name in sorted(self._hyperparameters):
            value = self._hyperparameters[name]
            if isinstance(value, dict):
                value = ",".join(f"{key}={value[key]}" for key in sorted(value))
            arguments += [f"-{name}" if len(name) == 1 else f"--{name}", "" if value is None else str(value)]
        return arguments

    def command(self) -> list[str]:
        """What is executed in the code folder. Raises JobFailedError."""
        script = self._ml.code / self.entry_point
        if not _ENTRY_POINT.fullmatch(self.entry_point) or {".", ".."} & set(self.entry_point.split("/")):
            raise framework_error(f"The training entry point {self.entry_point!r} is not a path in the source folder.")
        for parameter, launcher in _UNAVAILABLE_LAUNCHERS.items():
            if self._framework_parameters.get(parameter):
                raise framework_error(f"Distributed training by {launcher} is not available here.")
        is_package = self.is_package()
        if not is_package and not script.is_file():
            found = ", ".join(sorted(path.name for path in self._ml.code.iterdir())) or "nothing"
            raise framework_error(f"The source folder has no {self.entry_point}; it holds {found}.")
        if self._resource_config["current_host"] in self._distribution_hosts():
            return self._mpi() if self._framework_parameters.get(_MPI) else self._torchrun()
        if is_package:
            return ["python", "-m", self.entry_point.removesuffix(".py"), *self.arguments()]
        if self.entry_point.endswith(".py"):
            return ["python", self.entry_point, *self.arguments()]
        script.chmod(0o777)
        return ["/bin/sh", "-c", shlex.join([f"./{self.entry_point}", *self.arguments()])]

    def is_package(self) -> bool:
        """Whether the source folder is a package to install, and the entry point a module of it."""
        return not self.entry_point.endswith(".sh") and (self._ml.code / "setup.py").exists()

    def environment(self) -> dict[str, str]:
        """The SM_* variables, and the others that the toolkit sets."""
        ml, resources = self._ml, self._resource_config
        channels = {name: ml.inside(ml.data / name) for name in self._input_data_config}
        group = resources["current_group_name"]
        groups = {item["instance_group_name"]: item for item in resources["instance_groups"]}
        described = {
            "additional_framework_parameters": self._framework_parameters,
            "channel_input_dirs": channels,
            "current_host": resources["current_host"],
            "current_instance_group": group,
            "current_instance_group_hosts": groups[group]["hosts"],
            "current_instance_type": resources["current_instance_type"],
            "distribution_hosts": self._distribution_hosts(),
            "distribution_instance_groups": self._distribution_groups(),
            "framework_module": self._request.get("Environment", {}).get("SAGEMAKER_TRAINING_MODULE"),
            "hosts": resources["hosts"],
            "hyperparameters": self._hyperparameters,
            "input_config_dir": ml.inside(ml.config),
            "input_data_config": self._input_data_config,
            "input_dir": ml.inside(ml.config.parent),
            "instance_groups": list(groups),
            "instance_groups_dict": groups,
            "is_hetero": len(groups) > 1,
            "is_master": resources["current_host"] == resources["hosts"][0],
            "is_modelparallel_enabled": None,
            "is_smddpmprun_installed": False,
            "is_smddprun_installed": False,
            "job_name": self._request["TrainingJobName"],
            "log_level": self._log_level,
            "master_hostname": resources["hosts"][0],
            "model_dir": ml.inside(ml.model),
            "module_dir": self.submit_directory or ml.inside(ml.code),
            "module_name": self.entry_point.removesuffix(".py"),
            "network_interface_name": resources["network_interface_name"],
            "num_cpus": os.cpu_count() or 1,
            "num_gpus": _number_of_gpus(),
            "num_neurons": 0,
            "output_data_dir": ml.inside(ml.output_data),
            "output_dir": ml.inside(ml.output),
            "output_intermediate_dir": ml.inside(ml.output / "intermediate"),
            "resource_config": resources,
            "user_entry_point": self.entry_point,
        }
        values = {name: described[name] for name in described if name not in _ONLY_IN_TRAINING_ENV}
        values |= {
            "hps": self._hyperparameters,
            "framework_params": self._framework_parameters,
            "channels": sorted(channels),
            "training_env": described,
            "user_args": self.arguments(),
        }
        values |= {f"channel_{name}": path for name, path in channels.items()}
        values |= {f"hp_{name}": value for name, value in self._hyperparameters.items()}
        variables = {f"SM_{name.upper()}": _encode(value) for name, value in values.items()}
        return variables | {
            "PYTHONPATH": ml.inside(ml.code),
            "CURRENT_HOST": resources["current_host"],
            "SAGEMAKER_JOB_NAME": self._request["TrainingJobName"],
            "SAGEMAKER_REGION": self._region,
        }

    def _distribution_groups(self) -> list[str]:
        """The instance groups that train together; none without a launcher."""
        if not any(self._framework_parameters.get(parameter) for parameter in (_MPI, *_TORCHRUN)):
            return []
        chosen = self._framework_parameters.get("sagemaker_distribution_instance_groups")
        return chosen or [group["instance_group_name"] for group in self._resource_config["instance_groups"]]

    def _distribution_hosts(self) -> list[str]:
        groups = self._distribution_groups()
        return [
            host
            for group in self._resource_config["instance_groups"]
            if group["instance_group_name"] in groups
            for host in group["hosts"]
        ]

    def _mpi(self) -> list[str]:
        if self.is_package() or not self.entry_point.endswith(".py"):
            raise framework_error("MPI needs a Python script as its entry point.")
        if not mpi.is_installed():
            raise framework_error("mpirun is not found on this machine: install Open MPI (Debian: openmpi-bin).")
        parameters, hosts = self._framework_parameters, self._distribution_hosts()
        current = self._resource_config["current_host"]
        if current != hosts[0]:
            return mpi.worker_command(current)
        return mpi.master_command(
            hosts,
            processes_per_host=int(parameters.get("sagemaker_mpi_num_of_processes_per_host") or _number_of_gpus() or 1),
            options=str(parameters.get("sagemaker_mpi_custom_mpi_options") or ""),
            interface=self._resource_config["network_interface_name"],
            variables=self.environment(),
            script=[self.entry_point, *self.arguments()],
        )

    def _torchrun(self) -> list[str]:
        if self.is_package() or not self.entry_point.endswith(".py"):
            raise framework_error("torch_distributed needs a Python script as its entry point.")
        hosts = self._distribution_hosts()
        command = ["torchrun", "--nnodes", str(len(hosts)), "--nproc_per_node", str(_number_of_gpus() or 1)]
        if len(hosts) > 1:
            rank = hosts.index(self._resource_config["current_host"])
            command += ["--master_addr", hosts[0], "--master_port", "7777", "--node_rank", str(rank)]
        return [*command, self.entry_point, *self.arguments()]


_ONLY_IN_TRAINING_ENV = {
    "additional_framework_parameters",
    "channel_input_dirs",
    "distribution_hosts",
    "hyperparameters",
    "is_master",
    "is_modelparallel_enabled",
    "is_smddpmprun_installed",
    "is_smddprun_installed",
    "job_name",
    "master_hostname",
}


def entry_point(request: Mapping[str, Any]) -> str | None:
    """The user's script, or None when the job is not in script mode."""
    program = _decode(request.get("HyperParameters", {}).get("sagemaker_program", ""))
    return str(program or request.get("Environment", {}).get("SAGEMAKER_PROGRAM") or "") or None


def framework_error(message: str) -> JobFailedError:
    """The failure of a job whose script could not be started."""
    return JobFailedError(f"AlgorithmError: Framework Error: \n{message}, exit code: 1")


def _number_of_gpus() -> int:
    if shutil.which("nvidia-smi") is None:
        return 0
    listing = subprocess.run(["nvidia-smi", "--list-gpus"], capture_output=True, text=True, timeout=30)
    return sum(line.startswith("GPU ") for line in listing.stdout.splitlines())


def _decode(text: str) -> Any:
    """A hyperparameter is a string; what the SDKs sent as JSON is its JSON value."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _encode(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, separators=(",", ":"))
