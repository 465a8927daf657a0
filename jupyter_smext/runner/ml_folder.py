"""The ``/opt/ml`` tree of one container.

https://docs.aws.amazon.com/sagemaker/latest/dg/amazon-sagemaker-toolkits.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_smext.runner.isolation import ML_ROOT


class MlFolder:
    """The tree at ``path`` on this machine; its container sees it at ``seen``.

    ``seen`` is ``/opt/ml`` when the container has a file system view of its own, and ``path`` itself otherwise.
    """

    def __init__(self, path: Path, *, isolated: bool) -> None:
        self.path = path
        self.seen = ML_ROOT if isolated else str(path)
        self.config = path / "input" / "config"
        self.data = path / "input" / "data"
        self.model = path / "model"
        self.code = path / "code"
        self.output = path / "output"
        self.output_data = self.output / "data"
        self.failure = self.output / "failure"
        self.checkpoints = path / "checkpoints"

    def create(self) -> None:
        """Make the empty tree."""
        for folder in (self.config, self.data, self.model, self.code, self.output_data, self.checkpoints):
            folder.mkdir(parents=True)

    def write_config(self, name: str, content: Mapping[str, Any]) -> None:
        """Write ``input/config/<name>.json``."""
        (self.config / f"{name}.json").write_text(json.dumps(content))

    def inside(self, path: Path) -> str:
        """How the container sees ``path``, which lies in this tree."""
        return str(Path(self.seen) / path.relative_to(self.path))

    def outside(self, path: str) -> Path | None:
        """Where ``path``, as a request names it, lies on this machine; None when it is not below ``/opt/ml``."""
        if path != ML_ROOT and not path.startswith(ML_ROOT + "/"):
            return None
        place = (self.path / path[len(ML_ROOT) :].lstrip("/")).resolve()
        return place if place.is_relative_to(self.path.resolve()) else None

    def adapt(self, text: str) -> str:
        """``text`` of a request with ``/opt/ml`` replaced where the container has no ``/opt/ml`` of its own."""
        return text if self.seen == ML_ROOT else text.replace(ML_ROOT, self.seen)
