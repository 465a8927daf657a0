"""XGBoost training on the hosts of a job, which find each other through a tracker on the first of them."""

from __future__ import annotations

import logging
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

_PORT = 9099
_CONNECT_SECONDS = 60.0


def wait_hostname_resolution(sm_hosts: Sequence[str]) -> None:
    """Raises OSError when a host does not resolve."""
    for host in sm_hosts:
        socket.gethostbyname(host)


def rabit_run(
    exec_fun: Callable[..., Any],
    args: dict[str, Any],
    include_in_training: bool,
    hosts: Sequence[str],
    current_host: str,
    first_port: int | None = None,
    second_port: int | None = None,
    update_rabit_args: bool = False,
) -> None:
    """Call ``exec_fun`` with ``args`` on every host that has data, connected to the others.

    With ``update_rabit_args`` it also gets ``is_master``. A host without data ends here, with exit code 0. Raises
    RuntimeError when no host has data.
    """
    with_data = _hosts_with_data(include_in_training, hosts, current_host, first_port or _PORT)
    if not with_data:
        raise RuntimeError("No hosts received training data.")
    if not include_in_training:
        logging.warning("Host %s not being used for distributed training.", current_host)
        sys.exit(0)
    if update_rabit_args:
        args["is_master"] = current_host == with_data[0]
    with _communicator(with_data, current_host, second_port or (first_port or _PORT) + 1):
        exec_fun(**args)


def _hosts_with_data(include: bool, hosts: Sequence[str], current_host: str, port: int) -> list[str]:
    from xgboost import collective

    with _communicator(hosts, current_host, port):
        own = current_host if include else ""
        told = [collective.broadcast(own, rank) for rank in range(collective.get_world_size())]
    return sorted(host for host in told if host)


@contextmanager
def _communicator(hosts: Sequence[str], current_host: str, port: int) -> Iterator[None]:
    """Connect this host with the others; a host alone needs no connection."""
    if len(hosts) == 1:
        yield
        return
    from xgboost import collective
    from xgboost.tracker import RabitTracker

    master = socket.gethostbyname(min(hosts))
    tracker = RabitTracker(n_workers=len(hosts), host_ip=master, port=port) if current_host == min(hosts) else None
    if tracker:
        tracker.start()
    _wait_for(master, port)
    with collective.CommunicatorContext(dmlc_tracker_uri=master, dmlc_tracker_port=port, dmlc_task_id=current_host):
        yield
    if tracker:
        tracker.wait_for()


def _wait_for(host: str, port: int) -> None:
    deadline = time.monotonic() + _CONNECT_SECONDS
    while True:
        with socket.socket() as probe:
            if probe.connect_ex((host, port)) == 0:
                return
        if time.monotonic() > deadline:
            raise TimeoutError(f"the tracker at {host}:{port} does not answer")
        time.sleep(0.1)
