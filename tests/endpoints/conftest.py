"""A job that was really trained, once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sandbox_jobs import start_job, wait_until

from jupyter_smext.aws.session import AwsSession
from jupyter_smext.sandbox import SandboxInfo

CLASSIFIER = """
import os
import joblib, numpy
from sklearn.linear_model import LogisticRegression

def model_fn(model_dir):
    return joblib.load(os.path.join(model_dir, "model.joblib"))

if __name__ == "__main__":
    rows = numpy.array([[number, number % 3] for number in range(20)], dtype=float)
    model = LogisticRegression().fit(rows, rows[:, 0] > 9)
    joblib.dump(model, os.path.join(os.environ["SM_MODEL_DIR"], "model.joblib"))
"""

_trained: dict[str, str] = {}


@pytest.fixture
def trained(sandbox_session: AwsSession, sandbox: SandboxInfo) -> Callable[[str], str]:
    """The name of a finished job that ran this script; jobs are kept for the tests that come after."""

    def train(script: str = CLASSIFIER) -> str:
        if script not in _trained:
            name = start_job(sandbox_session, sandbox, script)
            assert wait_until(sandbox_session, name, "Completed", "Failed")["TrainingJobStatus"] == "Completed"
            _trained[script] = name
        return _trained[script]

    return train
