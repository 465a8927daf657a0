"""requirements.txt against the image: a pin that takes the framework itself away makes a job slow or breaks it.

Of what else an image holds nothing is known here, and the finding says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from ..models import Finding
from ..packaging import is_packed
from .context import Context, error, unknown, warning

# The package that a framework's version is the version of.
_PACKAGES = {
    "pytorch": "torch",
    "tensorflow": "tensorflow",
    "sklearn": "scikit-learn",
    "xgboost": "xgboost",
    "huggingface": "transformers",
    "mxnet": "mxnet",
}


def check_requirements(context: Context) -> Iterator[Finding]:
    """Findings about the requirements file; it is read, and nothing is installed."""
    source = context.job.source_code
    if not source or source.git or is_packed(source):
        return
    path = f"{context.path}.source_code.requirements"
    file = context.folder / source.source_dir / (source.requirements or "requirements.txt")
    if not file.is_file():
        return
    framework = context.job.algorithm.framework
    package = _PACKAGES.get(framework.name) if framework else None
    version = _version(framework.version) if framework else None
    others = 0
    for number, line in enumerate(file.read_text("utf-8", "replace").splitlines(), 1):
        text = line.split(" #")[0].strip()
        if not text or text.startswith(("#", "-")):
            continue
        try:
            wanted = Requirement(text)
        except InvalidRequirement as failure:
            yield error("RequirementUnreadable", path, f"{file.name} line {number}: {failure}".splitlines()[0])
            continue
        if package is None or canonicalize_name(wanted.name) != package:
            others += 1
        elif version and not wanted.specifier.contains(version, prereleases=True):
            yield warning(
                "RequirementConflict",
                path,
                f"{file.name} line {number} wants {wanted}, and the image has {package} {version}.",
                "Remove the line, or choose the framework's version that it wants.",
            )
    if others:
        yield unknown(
            "RequirementsNotCompared", path, f"Whether {others} packages of {file.name} fit the image is not known."
        )


def _version(text: str) -> Version | None:
    try:
        return Version(text.split("-")[0])
    except InvalidVersion:
        return None
