"""``sm.Spec``: a spec in a notebook. It reads and writes files, and becomes objects of the SageMaker SDK."""

from __future__ import annotations

import html
import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from ..aws.errors import ErrorCode, SmextError
from ..aws.session import AwsSession
from ..estimators.document import read_document
from ..estimators.file import SUFFIX, dump
from ..estimators.models import ExportDialect


class Spec:
    """A spec: its values as ``spec``, the folder that its paths start from, and what it could not be told of.

    Parameters
    ----------
    spec:
        The values of a `*.sagemaker.yaml` file, see `docs/spec.md`.
    folder:
        Where its relative paths start; by default the current directory.
    warnings:
        What the one who made it (:func:`capture`) could not put into it.
    aws:
        The session that launches it; by default what the environment says.
    """

    def __init__(
        self,
        spec: Mapping[str, Any],
        *,
        folder: Path | None = None,
        warnings: list[str] | None = None,
        aws: AwsSession | None = None,
    ) -> None:
        self.spec = dict(spec)
        self.folder = (folder or Path.cwd()).absolute()
        self.warnings = warnings or []
        if aws is not None:
            self.aws = aws

    @cached_property
    def aws(self) -> AwsSession:
        return AwsSession()

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Spec:
        """The spec of a `*.sagemaker.yaml` file. Raises `NotFound` or `InvalidRequest`."""
        file = Path(path).expanduser().absolute()
        return cls(read_document(file), folder=file.parent)

    def yaml(self) -> str:
        """The text of the spec's file."""
        return dump(self.spec)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the spec to a file, whose panel form opens by a double click. An existing file is not overwritten.

        Paths of source code are written from the file's folder. Raises `InvalidRequest` for a name that does not end
        on `.sagemaker.yaml`, `Conflict` where the file exists.
        """
        file = Path(path).expanduser().absolute()
        if not file.name.endswith(SUFFIX):
            raise SmextError(ErrorCode.INVALID_REQUEST, f"The name of a spec ends on {SUFFIX}, and not as {file.name}.")
        try:
            with file.open("x", encoding="utf-8") as opened:
                opened.write(dump(self.seen_from(file.parent)))
        except FileExistsError as error:
            raise SmextError(ErrorCode.CONFLICT, f"{file} exists.", hint="Choose another name.") from error
        return file

    def request(self) -> dict[str, Any]:
        """The request that a launch would send now, with no side effect; the job's name ends differently.

        Raises `InvalidRequest` where the spec is not valid. Permission: `sts:GetCallerIdentity`.
        """
        from ..estimators.launch import preview

        return preview(self.aws, self.spec, self.folder)

    def to_estimator(self) -> Any:
        """The Estimator, or the HyperparameterTuner, of SDK v2: for `.fit(spec.inputs())`. Nothing is launched.

        What SDK v2 cannot say is warned of. Raises `NotSupported` where SDK v2 is not installed.
        """
        from .sdk.restore import restored

        return restored(self, ExportDialect.SDK_V2).subject

    def to_model_trainer(self) -> Any:
        """The ModelTrainer, or the HyperparameterTuner, of SDK v3: for `.train(spec.inputs())`. Nothing is launched.

        What SDK v3 cannot say is warned of. Raises `NotSupported` where SDK v3 is not installed.
        """
        from .sdk.restore import restored

        return restored(self, ExportDialect.SDK_V3).subject

    def inputs(self) -> Any:
        """The data channels in the words of the SDK that is installed: what `fit`, `train` or `tune` takes first."""
        from .sdk.restore import installed_dialect, restored

        return restored(self, installed_dialect(), warn=False).inputs

    def seen_from(self, folder: Path) -> dict[str, Any]:
        """The values with paths of source code that start from another folder."""

        def moved(given: str) -> str:
            return given if given.startswith("s3://") else Path(os.path.relpath(self.folder / given, folder)).as_posix()

        def part(job: Mapping[str, Any]) -> dict[str, Any]:
            source = job.get("source_code")
            if not source or source.get("git") or folder == self.folder:
                return dict(job)
            paths: dict[str, Any] = {"source_dir": moved(source.get("source_dir", "."))}
            if source.get("dependencies"):
                paths["dependencies"] = [moved(each) for each in source["dependencies"]]
            return {**job, "source_code": {**source, **paths}}

        result = {**self.spec, "spec": part(self.spec["spec"])}
        definitions = self.spec.get("tuning", {}).get("definitions")
        if definitions:
            moved_definitions = [{**each, "spec": part(each["spec"])} for each in definitions]
            result["tuning"] = {**self.spec["tuning"], "definitions": moved_definitions}
        return result

    def __repr__(self) -> str:
        return "".join(f"# Not in this spec: {each}\n" for each in self.warnings) + self.yaml()

    def _repr_html_(self) -> str:
        lost = "".join(f"<li>{html.escape(each)}</li>" for each in self.warnings)
        head = f"<p><strong>Not in this spec:</strong></p><ul>{lost}</ul>" if lost else ""
        return f"{head}<pre>{html.escape(self.yaml())}</pre>"
