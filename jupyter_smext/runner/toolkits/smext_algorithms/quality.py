"""The log lines from which the metrics of AWS's own algorithms are read."""

from __future__ import annotations

import logging


class Quality:
    """Writes quality metrics of the host ``host``."""

    def __init__(self, host: str) -> None:
        self._host = host

    def loss(self, channel: str, metric: str, value: float, *, epoch: int | None = None) -> None:
        """A value that is better when it is lower, after an epoch or at the end."""
        self._write(channel, metric, "loss", value, epoch)

    def score(self, channel: str, metric: str, value: float) -> None:
        """A value that is better when it is higher."""
        self._write(channel, metric, "score", value, None)

    def _write(self, channel: str, metric: str, kind: str, value: float, epoch: int | None) -> None:
        when = "" if epoch is None else f" epoch={epoch},"
        logging.info("#quality_metric: host=%s,%s %s %s <%s>=%s", self._host, when, channel, metric, kind, float(value))
