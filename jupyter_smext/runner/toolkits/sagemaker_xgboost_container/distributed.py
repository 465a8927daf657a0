"""Training on one host, in the form of training on several."""

from __future__ import annotations

import logging
import socket
import sys
from collections.abc import Callable, Sequence
from typing import Any


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
    """Call ``exec_fun`` with ``args``; with ``update_rabit_args`` also with ``is_master``.

    Raises RuntimeError for more than one host: XGBoost's tracker is not started here.
    """
    if len(hosts) > 1:
        raise RuntimeError("Distributed XGBoost training on several hosts is not available here. Use one instance.")
    if not include_in_training:
        logging.warning("Host %s not being used for distributed training.", current_host)
        sys.exit(0)
    if update_rabit_args:
        args.update({"is_master": True})
    exec_fun(**args)
