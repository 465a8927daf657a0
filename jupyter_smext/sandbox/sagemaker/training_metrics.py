"""The metric values that training jobs print: kept in the database, shown through CloudWatch.

moto keeps CloudWatch in memory, so what was kept is handed to it again at every start.
https://docs.aws.amazon.com/sagemaker/latest/dg/training-metrics.html
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterator, Sequence

from jupyter_smext.sandbox.database import Database
from jupyter_smext.sandbox.own_clients import OwnClients

log = logging.getLogger(__name__)

NAMESPACE = "/aws/sagemaker/TrainingJobs"
_BATCH = 1000
_PUBLISH_SECONDS = 1.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS training_metric (
    id INTEGER PRIMARY KEY, region TEXT NOT NULL, job TEXT NOT NULL, name TEXT NOT NULL,
    value REAL NOT NULL, timestamp_ms INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS training_metric_job ON training_metric (region, job);
"""


class TrainingMetrics:
    """Records values and publishes them to CloudWatch once a second."""

    def __init__(self, database: Database, clients: OwnClients) -> None:
        self._database = database
        self._clients = clients
        self._published = 0
        self._publish_lock = threading.Lock()
        self._wake = threading.Event()
        self._closed = threading.Event()
        database.create_tables(_SCHEMA)
        self._thread = threading.Thread(target=self._run, name="training-metrics", daemon=True)

    def start(self) -> None:
        """Hands everything kept to CloudWatch, and from then on what comes."""
        self._wake.set()
        self._thread.start()

    def close(self) -> None:
        self._closed.set()
        self._wake.set()

    def record(self, region: str, job: str, name: str, value: float, timestamp_ms: int) -> None:
        self._database.execute(
            "INSERT INTO training_metric (region, job, name, value, timestamp_ms) VALUES (?, ?, ?, ?, ?)",
            (region, job, name, value, timestamp_ms),
        )
        self._wake.set()

    def publish(self) -> None:
        """Everything recorded before this call is in CloudWatch when it returns."""
        with self._publish_lock:
            while rows := self._database.rows(
                "SELECT * FROM training_metric WHERE id > ? ORDER BY id LIMIT ?", (self._published, _BATCH)
            ):
                for region, values in _by_region(rows):
                    self._clients.get("cloudwatch", region).put_metric_data(Namespace=NAMESPACE, MetricData=values)
                self._published = rows[-1]["id"]

    def _run(self) -> None:
        while not self._closed.is_set():
            self._wake.wait()
            self._wake.clear()
            if self._closed.is_set():
                return
            try:
                self.publish()
            except Exception:
                log.exception("Training metrics could not be handed to CloudWatch")
            self._closed.wait(_PUBLISH_SECONDS)


def _by_region(rows: Sequence[sqlite3.Row]) -> Iterator[tuple[str, list[dict[str, object]]]]:
    for region in sorted({row["region"] for row in rows}):
        yield (
            region,
            [
                {
                    "MetricName": row["name"],
                    "Dimensions": [{"Name": "TrainingJobName", "Value": row["job"]}],
                    "Timestamp": row["timestamp_ms"] / 1000,
                    "Value": row["value"],
                }
                for row in rows
                if row["region"] == region
            ],
        )
