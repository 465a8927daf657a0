"""The toolkit's logger."""

from __future__ import annotations

import logging


def get_logger() -> logging.Logger:
    """The logger ``sagemaker-training-toolkit``."""
    return logging.getLogger("sagemaker-training-toolkit")


def configure_logger(level: int, log_format: str | None = None) -> None:
    """Log to stderr from ``level`` on."""
    logging.basicConfig(format=log_format or "%(asctime)s %(name)-12s %(levelname)-8s %(message)s", level=level)
