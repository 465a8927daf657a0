"""Nothing is lost, and nothing half done is shown, wherever a server is killed in the middle of an operation."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


def test_nothing_is_lost_wherever_it_is_killed(aws: Any, bucket: str, tmp_path: Path) -> None:
    script = Path(__file__).with_name("killed_anywhere.py")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path), bucket],
        capture_output=True,
        text=True,
        env=os.environ,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    steps = json.loads(done.stdout)
    assert {name: steps[name] >= least for name, least in LEAST_STEPS.items()} == dict.fromkeys(LEAST_STEPS, True), (
        steps
    )
    assert steps.keys() == LEAST_STEPS.keys()


# Fewer would mean that the script no longer sees where the work is done.
LEAST_STEPS = {
    "offload": 12, "bring_back": 6, "upload": 5, "download": 4, "move": 6, "sync_up": 5, "sync_down": 4, "extract": 4,
}  # fmt: skip
