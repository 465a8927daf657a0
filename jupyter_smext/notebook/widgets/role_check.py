"""The permissions that a launch needs, checked in a cell."""

from __future__ import annotations

from typing import Any

from traitlets import Dict, Unicode

from .. import snapshot
from .base import PanelWidget, kernel_session
from .spec_argument import spec_values


class RoleCheck(PanelWidget):
    """Whether IAM will let a launch through: every permission of the caller and of the execution role, with evidence.

    Parameters
    ----------
    spec:
        A spec as mapping or ``*.sagemaker.yaml`` file, or an Estimator or ModelTrainer of the SageMaker SDK.
    operation, request:
        Instead of a spec: a request of SageMaker's API as boto3 takes it, for example ``CreateEndpoint``.

    Traits
    ------
    result : dict
        A :class:`~jupyter_smext.iam.models.PreflightReport`; empty until it was checked.
    verdict : str
        ``denied`` where anything is, else ``unknown`` where anything is, else ``allowed``; empty until it was checked.
    """

    spec = Dict().tag(sync=True)
    operation = Unicode().tag(sync=True)
    request = Dict().tag(sync=True)
    result = Dict().tag(sync=True)
    verdict = Unicode()

    _shown = ("result",)
    _result = "result"

    def __init__(
        self, spec: Any = None, *, operation: str = "", request: dict[str, Any] | None = None, **traits: Any
    ) -> None:
        if (spec is None) == (request is None) or (request is not None and not operation):
            raise ValueError("Give a spec, or an operation and its request.")
        super().__init__(spec=spec_values(spec), operation=operation, request=request or {}, **traits)

    def _read(self) -> None:
        """Check through the kernel, with its credentials. Creates nothing.

        Permissions: those of :func:`~jupyter_smext.iam.preflight_request.preflight_request`, as far as they are
        granted.
        """
        from pathlib import Path

        from ...estimators.launch import OPERATIONS, preview
        from ...iam.preflight_request import preflight_request

        session = kernel_session()
        operation, request = self.operation, self.request
        if self.spec:
            operation = OPERATIONS[self.spec.get("kind", "TrainingJob")]
            request = preview(session, self.spec, Path.cwd())
        self.result = preflight_request(session, operation, request).model_dump(mode="json")

    def _take_snapshot(self, change: object = None) -> None:
        answers = {check["answer"] for check in self.result.get("checks", ())}
        self.verdict = next((each for each in ("denied", "unknown", "allowed") if each in answers), "")
        super()._take_snapshot(change)

    def _text(self) -> str:
        return f"Permissions of a launch: {self._summary()}"

    def _html(self) -> str:
        order = ("denied", "unknown", "allowed")
        checks = sorted(self.result.get("checks", ()), key=lambda check: order.index(check["answer"]))
        rows = [
            (
                check["answer"],
                check["requirement"]["subject"].replace("_", " "),
                check["requirement"]["action"],
                check["requirement"]["resource"],
            )
            for check in checks
        ]
        part = snapshot.table("Permissions", ("Verdict", "Who", "Permission", "Resource"), rows) if rows else ""
        checked_at = self.result.get("checked_at")
        note = f"Checked at {checked_at}." if checked_at else None
        return snapshot.card("Permissions of a launch", self._summary(), [part], note=note)

    def _summary(self) -> str:
        checks = self.result.get("checks")
        if checks is None:
            return "not checked yet"
        count = {each: sum(check["answer"] == each for check in checks) for each in ("denied", "unknown", "allowed")}
        return ", ".join(f"{number} {answer}" for answer, number in count.items() if number) or "nothing to check"
