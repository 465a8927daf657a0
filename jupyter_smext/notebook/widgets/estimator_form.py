"""The form of an Estimator, filled in in a cell."""

from __future__ import annotations

from typing import Any

from traitlets import Bool, Dict, List, Unicode, observe

from .. import snapshot
from .base import PanelWidget
from .spec_argument import spec_values


class EstimatorForm(PanelWidget):
    """A spec as form: what a training or tuning job is to be. ``sm.launch(form.spec)`` launches it.

    Parameters
    ----------
    spec:
        A spec as mapping or ``*.sagemaker.yaml`` file (which is not written to), an Estimator or ModelTrainer of the
        SageMaker SDK, or None for a first scikit-learn job.

    Traits
    ------
    spec : dict
        What the form says now. Set it to have the form say something else.
    text : str
        The same as YAML, with comments.
    valid : bool
        The server has seen it and found nothing wrong. False as long as it was not asked.
    problems : list of dict
        What it found, each a :class:`~jupyter_smext.estimators.models.Problem`.
    """

    spec = Dict()
    text = Unicode().tag(sync=True)
    valid = Bool(False).tag(sync=True)
    problems = List(Dict()).tag(sync=True)

    _shown = ("text", "valid", "problems")

    def __init__(self, spec: Any = None, *, height: int = 480, **traits: Any) -> None:
        from ...estimators.file import dump
        from ...estimators.first_spec import new_spec

        text = new_spec("my-job", "sklearn") if spec is None else dump(spec_values(spec))
        super().__init__(height=height, **traits)
        self.text = text

    def _read(self) -> None:
        """Have the kernel look for problems. Permission: `sts:GetCallerIdentity`, which cannot be denied."""
        from ...estimators.check import parse
        from ...estimators.defaults import layers_of
        from ...estimators.profile import profile_of
        from .base import kernel_session

        session = kernel_session()
        result = parse(self.text, profile_of(session), layers_of(session))
        self.problems = [each.model_dump(mode="json") for each in result.problems]
        self.valid = result.spec is not None and not result.problems

    @observe("text")
    def _read_text(self, _: object) -> None:
        from ...estimators.file import SpecSyntaxError, load

        try:
            self.spec = load(self.text).data
        except SpecSyntaxError:
            # Half a text: the spec stays what it was.
            return

    @observe("spec")
    def _write_spec(self, _: object) -> None:
        from ...estimators.file import SpecSyntaxError, dump, load

        try:
            if load(self.text).data == self.spec:
                return
            self.text = dump(self.spec, self.text)
        except SpecSyntaxError:
            self.text = dump(self.spec)

    def _text(self) -> str:
        """Without what looks like a secret: the notebook is shared, the spec's environment may hold keys."""
        from ...estimators.file import dump
        from ...jobs.secrets import masked

        return dump(masked(dict(self.spec)))

    def _html(self) -> str:
        metadata = self.spec.get("metadata")
        name = str(metadata.get("base_job_name", "")) if isinstance(metadata, dict) else ""
        parts = [snapshot.paragraph(str(each["message"])) for each in self.problems]
        return snapshot.card("Estimator", name, [*parts, snapshot.code(self._text())])
