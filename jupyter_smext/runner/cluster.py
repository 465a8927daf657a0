"""The hosts of a training job: their names, and what resourceconfig.json says of them.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class Cluster:
    """All hosts are processes of this machine; each has a loopback address of its own.

    Addresses differ from job to job, so that jobs that run side by side can listen on the same ports.
    """

    def __init__(self, resources: Mapping[str, Any]) -> None:
        self._network = f"127.{1 + secrets.randbelow(254)}.{secrets.randbelow(256)}"
        self._groups: dict[str, dict[str, Any]] = {}
        self.hosts: list[str] = []
        for group in resources.get("InstanceGroups") or [_only_group(resources)]:
            first = len(self.hosts) + 1
            hosts = [f"algo-{number}" for number in range(first, first + group["InstanceCount"])]
            self._groups[group["InstanceGroupName"]] = {
                "instance_group_name": group["InstanceGroupName"],
                "instance_type": group["InstanceType"],
                "hosts": hosts,
            }
            self.hosts += hosts

    def resource_config(self, host: str) -> dict[str, Any]:
        """The content of resourceconfig.json on ``host``."""
        group = next(group for group in self._groups.values() if host in group["hosts"])
        return {
            "current_host": host,
            "current_instance_type": group["instance_type"],
            "current_group_name": group["instance_group_name"],
            "hosts": self.hosts,
            "instance_groups": list(self._groups.values()),
            # The interface that the host names lead to: communication libraries bind to it by name.
            "network_interface_name": "lo" if sys.platform == "linux" else "lo0",
        }

    def hosts_of(self, source: Mapping[str, Any]) -> list[str]:
        """The hosts that get the data of an S3DataSource: those of its instance groups, or all."""
        names = source.get("InstanceGroupNames")
        return [host for name, group in self._groups.items() if not names or name in names for host in group["hosts"]]

    def hosts_file(self) -> str:
        """This machine's /etc/hosts, and the hosts of the job."""
        lines = [f"{self._network}.{number} {host}" for number, host in enumerate(self.hosts, 1)]
        return Path("/etc/hosts").read_text() + "\n" + "\n".join(lines) + "\n"


def _only_group(resources: Mapping[str, Any]) -> dict[str, Any]:
    preferred = (resources.get("InstancePreferences") or [{}])[0]
    return {
        "InstanceGroupName": "homogeneousCluster",
        "InstanceType": resources.get("InstanceType") or preferred.get("InstanceType", "local"),
        "InstanceCount": resources.get("InstanceCount") or preferred.get("InstanceCount") or 1,
    }
