"""What the framework images read to start a training on several processes or instances: hyperparameters of their own.

The names are those of the SageMaker training toolkit, https://github.com/aws/sagemaker-training-toolkit
(`src/sagemaker_training/params.py`), which SDK v2 sets from its ``distribution`` argument.
"""

from __future__ import annotations

from pydantic import JsonValue

from .models import Compute, Distribution, DistributionType

# Which frameworks understand which kind.
FRAMEWORKS: dict[DistributionType, tuple[str, ...]] = {
    DistributionType.TORCH_DISTRIBUTED: ("pytorch", "huggingface"),
    DistributionType.PYTORCH_DDP: ("pytorch", "huggingface"),
    DistributionType.PYTORCH_XLA: ("pytorch",),
    DistributionType.MPI: ("pytorch", "tensorflow", "mxnet", "huggingface"),
    DistributionType.PARAMETER_SERVER: ("tensorflow", "mxnet"),
    DistributionType.MULTI_WORKER_MIRRORED_STRATEGY: ("tensorflow",),
    DistributionType.SMDISTRIBUTED_DATAPARALLEL: ("pytorch", "tensorflow", "huggingface"),
}


def distribution_hyperparameters(distribution: Distribution, compute: Compute) -> dict[str, JsonValue]:
    """The toolkit's hyperparameters for a distribution."""
    kind = distribution.type
    options = distribution.custom_mpi_options or ""
    instance_type: dict[str, JsonValue] = (
        {"sagemaker_instance_type": compute.instance_type} if compute.instance_type else {}
    )
    if kind is DistributionType.TORCH_DISTRIBUTED:
        return {"sagemaker_torch_distributed_enabled": True, **instance_type}
    if kind is DistributionType.PYTORCH_DDP:
        return {"sagemaker_pytorch_ddp_enabled": True, **instance_type}
    if kind is DistributionType.PYTORCH_XLA:
        return {"sagemaker_pytorch_xla_multi_worker_enabled": True}
    if kind is DistributionType.PARAMETER_SERVER:
        return {"sagemaker_parameter_server_enabled": True}
    if kind is DistributionType.MULTI_WORKER_MIRRORED_STRATEGY:
        return {"sagemaker_multi_worker_mirrored_strategy_enabled": True}
    if kind is DistributionType.SMDISTRIBUTED_DATAPARALLEL:
        return {
            "sagemaker_distributed_dataparallel_enabled": True,
            "sagemaker_distributed_dataparallel_custom_mpi_options": options,
            **instance_type,
        }
    mpi: dict[str, JsonValue] = {"sagemaker_mpi_enabled": True, "sagemaker_mpi_custom_mpi_options": options}
    if distribution.processes_per_host:
        mpi["sagemaker_mpi_num_of_processes_per_host"] = distribution.processes_per_host
    return mpi
