"""The source code that an object of the SDK would upload, as a spec names it: by its folder on this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ...aws.errors import ErrorCode, SmextError


def local_source(part: Any, folder: Path, notes: list[str]) -> dict[str, Any] | None:
    """The `source_code` of a spec for an Estimator or a ModelTrainer, with paths from ``folder``.

    None where there is no script, or where its package lies in S3 already. ``notes`` get what would differ.
    """
    if hasattr(part, "source_code"):
        return _of_trainer(part.source_code, folder) if part.source_code is not None else None
    if getattr(part, "entry_point", None):
        return _of_estimator(part, folder, notes)
    return None


def _of_trainer(source: Any, folder: Path) -> dict[str, Any] | None:
    given = str(source.source_dir or ".")
    if given.startswith("s3://") and given.endswith(".tar.gz"):
        return None
    if given.startswith("s3://") or given.endswith((".tar.gz", ".tgz")):
        raise SmextError(
            ErrorCode.NOT_SUPPORTED,
            f"A spec packs a folder, or takes a package (.tar.gz) in S3; this source is {given}.",
            hint="Give SourceCode a local folder, or launch with the SDK itself and use `sm.attach`.",
        )
    found = {
        "source_dir": _path(given, folder),
        "entry_script": source.entry_script,
        "requirements": source.requirements,
        "ignore_patterns": list(source.ignore_patterns or []),
    }
    return {name: value for name, value in found.items() if value}


def _of_estimator(estimator: Any, folder: Path, notes: list[str]) -> dict[str, Any] | None:
    source_dir, entry, git = estimator.source_dir, str(estimator.entry_point), getattr(estimator, "git_config", None)
    dependencies = [str(each) for each in getattr(estimator, "dependencies", None) or []]
    if source_dir and str(source_dir).lower().startswith("s3://"):
        return None
    if getattr(estimator, "code_location", None):
        notes.append(f"code_location {estimator.code_location}: a launch puts the package below the output path.")
    found: dict[str, Any] = {}
    if git:
        found["git"] = _git(git, notes)
    if source_dir:
        found |= {"source_dir": str(source_dir), "entry_script": entry}
    else:
        directory, name = os.path.split(entry)
        found |= {"source_dir": directory or ".", "entry_script": name}
        if any((folder / each).is_dir() for each in dependencies) or git:
            notes.append(f"Only {name} is uploaded by the SDK; a launch packs the folder that it lies in.")
        else:
            found["ignore_patterns"] = ["/*", f"!/{name}"]
    if dependencies:
        found["dependencies"] = dependencies
    if not git:  # in a repository paths start at its top
        found["source_dir"] = _path(found["source_dir"], folder)
        found |= {"dependencies": [_path(each, folder) for each in dependencies]} if dependencies else {}
    return found


def _git(config: dict[str, Any], notes: list[str]) -> dict[str, Any]:
    for name in ("username", "password", "token", "2FA_enabled"):
        if config.get(name):
            notes.append(f"git_config.{name}: git on this machine signs in by its own means.")
    where = {"repository": config["repo"], "branch": config.get("branch"), "commit": config.get("commit")}
    return {name: value for name, value in where.items() if value}


def _path(given: str, folder: Path) -> str:
    """A path relative to the folder where it lies below it, else as it is."""
    path = Path(given.removeprefix("file://")).expanduser()
    absolute = Path(os.path.normpath(folder / path))
    return absolute.relative_to(folder).as_posix() if absolute.is_relative_to(folder) else str(absolute)
