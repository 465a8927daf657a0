"""Distributed training by MPI: the commands that the training toolkit gives to Open MPI, on the hosts of a job.

https://github.com/aws/sagemaker-training-toolkit (src/sagemaker_training/mpi.py): the first host runs mpirun, which
starts a daemon on each other host. Through SSH there; here through :mod:`smext_mpi`, which waits on those hosts.
"""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterable, Sequence

# The toolkit's own option among those of mpirun; nothing here uses NCCL.
_NCCL_DEBUG = "--NCCL_DEBUG"


def is_installed() -> bool:
    """Whether this machine has Open MPI."""
    return shutil.which("mpirun") is not None


def master_command(
    hosts: Sequence[str],
    *,
    processes_per_host: int,
    options: str,
    interface: str,
    variables: Iterable[str],
    script: Sequence[str],
) -> list[str]:
    """What the first host runs. ``options`` are the user's for mpirun, ``variables`` the names that all processes get.

    As at AWS, every process gets the values of the first host, ``SM_CURRENT_HOST`` too.
    """
    # A job of one host runs where host names do not resolve, too.
    names = hosts if len(hosts) > 1 else ["localhost"]
    parameters = {
        "btl_tcp_if_include": interface,
        "oob_tcp_if_include": interface,
        "plm_rsh_no_tree_spawn": "1",
        "plm_rsh_agent": "python -m smext_mpi run",
        "orte_leave_session_attached": "1",
        "orte_abort_on_non_zero_status": "1",
        "pml": "ob1",
        "btl": "^openib",
    }
    return [
        "mpirun",
        *("--host", ",".join(f"{name}:{processes_per_host}" for name in names)),
        *("-np", str(processes_per_host * len(hosts))),
        *("--allow-run-as-root", "--tag-output", "-bind-to", "none", "-map-by", "slot"),
        *(part for name, value in parameters.items() for part in ("-mca", name, value)),
        *(part for name in ("PATH", *variables) for part in ("-x", name)),
        *_without_nccl_debug(shlex.split(options)),
        # mpi4py ends all processes when one of them raises.
        *("python", "-m", "mpi4py", *script),
    ]


def worker_command(host: str) -> list[str]:
    """What every other host runs, as long as its daemon does."""
    return ["python", "-m", "smext_mpi", "serve", host]


def _without_nccl_debug(options: list[str]) -> list[str]:
    kept: list[str] = []
    remaining = iter(options)
    for option in remaining:
        if option == _NCCL_DEBUG:
            next(remaining, None)
        elif not option.startswith(f"{_NCCL_DEBUG}="):
            kept.append(option)
    return kept
