"""Metric values of jobs and endpoints: kept in the database, shown through CloudWatch.

moto keeps CloudWatch in memory, so what was kept is handed to it again at every start.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jupyter_smext.sandbox.database import Database
from jupyter_smext.sandbox.own_clients import OwnClients

log = logging.getLogger(__name__)

_BATCH = 1000
_PUBLISH_SECONDS = 1.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS metric (
    id INTEGER PRIMARY KEY, region TEXT NOT NULL, namespace TEXT NOT NULL, dimensions TEXT NOT NULL,
    name TEXT NOT NULL, unit TEXT NOT NULL, value REAL NOT NULL, timestamp REAL NOT NULL
);
"""


@dataclass(frozen=True)
class Metric:
    """One value of one metric."""

    name: str
    value: float
    unit: str = "None"
    """As CloudWatch names it, such as ``Count`` or ``Microseconds``."""
    timestamp: float | None = None
    """Seconds since the epoch; now when it is None."""


class Metrics:
    """Records values, and publishes them to CloudWatch within a second."""

    def __init__(self, database: Database, clients: OwnClients) -> None:
        self._database = database
        self._clients = clients
        self._published = 0
        self._wake = threading.Event()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="metrics", daemon=True)
        database.create_tables(_SCHEMA)

    def start(self) -> None:
        """Hands everything kept to CloudWatch, and from then on what comes."""
        self._wake.set()
        self._thread.start()

    def close(self) -> None:
        """What is not published yet is, at the next start."""
        self._closed.set()
        self._wake.set()

    def record(self, region: str, namespace: str, dimensions: Mapping[str, str], metrics: Sequence[Metric]) -> None:
        now = time.time()
        self._database.execute_many(
            "INSERT INTO metric (region, namespace, dimensions, name, unit, value, timestamp) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    region,
                    namespace,
                    json.dumps(dimensions),
                    metric.name,
                    metric.unit,
                    metric.value,
                    now if metric.timestamp is None else metric.timestamp,
                )
                for metric in metrics
            ],
        )
        self._wake.set()

    def _run(self) -> None:
        while not self._closed.is_set():
            self._wake.wait()
            self._wake.clear()
            try:
                self._publish()
            except Exception:
                if not self._closed.is_set():
                    log.exception("Metrics could not be handed to CloudWatch")
            self._closed.wait(_PUBLISH_SECONDS)

    def _publish(self) -> None:
        while not self._closed.is_set() and (
            rows := self._database.rows(
                "SELECT * FROM metric WHERE id > ? ORDER BY id LIMIT ?", (self._published, _BATCH)
            )
        ):
            batches: defaultdict[tuple[str, str], list[dict[str, object]]] = defaultdict(list)
            for row in rows:
                dimensions = json.loads(row["dimensions"])
                batches[row["region"], row["namespace"]].append(
                    {
                        "MetricName": row["name"],
                        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
                        "Timestamp": row["timestamp"],
                        "Value": row["value"],
                        "Unit": row["unit"],
                    }
                )
            for (region, namespace), data in batches.items():
                self._clients.get("cloudwatch", region).put_metric_data(Namespace=namespace, MetricData=data)
            self._published = rows[-1]["id"]
