"""Where team templates lie: an S3 prefix, a git repository, or a folder of this machine.

``s3://team/templates/``, ``git+https://host/team/ml.git@v3#subdirectory=jobs`` as pip writes it, or a path. The
reference of a repository is a branch, a tag or a commit; without one it is the repository's own branch.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit, urlunsplit

from ..aws.errors import ErrorCode, SmextError, from_aws
from ..aws.session import AwsSession
from .file import SUFFIX
from .git_source import fetch
from .git_state import git_state

# More is no collection of templates but somebody's whole bucket.
MOST_FILES = 200
LARGEST_FILE_BYTES = 262_144
_MOST_KEYS = 10_000

# How old a checkout may be before the repository is asked again.
_FRESH_SECONDS = 300.0
_TIMEOUT_SECONDS = 30

# Its time says when a checkout was last brought up to date; git touches its own files when that fails, too.
_FETCHED = Path(".git", "smext-fetched")


@dataclass(frozen=True)
class SourceFile:
    """One `*.sagemaker.yaml` of a source. ``read`` raises :class:`SmextError` where it cannot be read."""

    path: str
    version: str | None
    read: Callable[[], str]


@dataclass
class SourceContent:
    """What a source holds now, and what a reader should know of it."""

    files: list[SourceFile] = field(default_factory=list)
    version: str | None = None
    notes: list[str] = field(default_factory=list)


def read_source(aws: AwsSession, source: str, cache: Path, *, refresh: bool = False) -> SourceContent:
    """The files of a source. ``cache`` is a folder for checkouts, ``refresh`` asks a repository however fresh its is.

    Permissions: `s3:ListBucket` and `s3:GetObject` on a prefix. Raises `InvalidRequest` for what is no source,
    `NotFound`, `AccessDenied`, or what git says.
    """
    if source.startswith("s3://"):
        return _from_s3(aws, source)
    if source.startswith("git+"):
        return _from_repository(Repository.parse(source), cache, refresh=refresh)
    folder = Path(source).expanduser()
    if not folder.is_absolute():
        raise SmextError(
            ErrorCode.INVALID_REQUEST,
            f"{source} is no source of templates.",
            hint="Write s3://bucket/prefix/, git+https://host/repository.git@reference, or an absolute path.",
        )
    if not folder.is_dir():
        raise SmextError(ErrorCode.NOT_FOUND, f"There is no folder {folder}.")
    return _from_folder(folder, folder)


# ---------------------------------------------------------------------------------------------------------- folders


def _from_folder(folder: Path, top: Path) -> SourceContent:
    """``top`` is the folder that nothing read may lie outside of, whatever a link in it says."""
    state = git_state(folder)
    version = f"{state.commit}{'-dirty' if state.dirty else ''}" if state else None
    content = SourceContent(version=version)
    boundary = top.resolve()
    paths = sorted(path for path in folder.rglob(f"*{SUFFIX}") if path.resolve().is_relative_to(boundary))
    _add(content, ((path.relative_to(folder).as_posix(), version, _file_reader(path)) for path in paths))
    return content


def _file_reader(path: Path) -> Callable[[], str]:
    def read() -> str:
        try:
            with path.open("rb") as file:
                return _decoded(file.read(LARGEST_FILE_BYTES + 1))
        except OSError as error:
            raise SmextError(ErrorCode.NOT_FOUND, f"It cannot be read: {error.strerror}.") from error

    return read


# -------------------------------------------------------------------------------------------------------------- git


@dataclass(frozen=True)
class Repository:
    """A git source, taken apart."""

    url: str
    reference: str | None
    subdirectory: str

    @classmethod
    def parse(cls, source: str) -> Repository:
        """Raises `InvalidRequest`; an address with a password in it is refused and not repeated."""
        parts = urlsplit(source.removeprefix("git+"))
        if parts.scheme not in ("https", "ssh", "file"):
            raise SmextError(
                ErrorCode.INVALID_REQUEST,
                "A repository of templates is reached by git+https://, git+ssh:// or git+file://.",
            )
        if parts.password or (parts.username and parts.scheme == "https"):
            raise SmextError(
                ErrorCode.INVALID_REQUEST,
                "The address of a repository of templates holds a name or password.",
                hint="Leave it out: git on this machine signs in, with its credential helper or an SSH agent.",
            )
        path, _, reference = parts.path.partition("@")
        subdirectory = parse_qs(parts.fragment).get("subdirectory", [""])[0].strip("/")
        if reference.startswith("-") or ".." in subdirectory.split("/"):
            raise SmextError(ErrorCode.INVALID_REQUEST, f"{source} is no source of templates.")
        return cls(urlunsplit((parts.scheme, parts.netloc, path, "", "")), reference or None, subdirectory)


# One fetch of a checkout at a time, in this process; between processes git's own locks decide.
_fetching = threading.Lock()


def _from_repository(repository: Repository, cache: Path, *, refresh: bool) -> SourceContent:
    name = hashlib.sha256(f"{repository.url}@{repository.reference}".encode()).hexdigest()[:24]
    checkout, note = cache / name, None
    with _fetching:
        if refresh or not _is_fresh(checkout, repository.reference):
            checkout.mkdir(parents=True, exist_ok=True)
            try:
                fetch(repository.url, repository.reference or "HEAD", checkout, timeout_seconds=_TIMEOUT_SECONDS)
                (checkout / _FETCHED).touch()
            except SmextError as error:
                if not (checkout / _FETCHED).is_file():
                    raise
                note = f"This is how it was when it was last read. {error.envelope.message}"
        folder = checkout / repository.subdirectory
        if not folder.is_dir():
            raise SmextError(ErrorCode.NOT_FOUND, f"The repository has no folder {repository.subdirectory}.")
        content = _from_folder(folder, checkout)
    content.notes += [note] if note else []
    return content


def _is_fresh(checkout: Path, reference: str | None) -> bool:
    try:
        age = time.time() - (checkout / _FETCHED).stat().st_mtime
    except FileNotFoundError:
        return False
    state = git_state(checkout)
    # A commit never changes.
    return age < _FRESH_SECONDS or (state is not None and state.commit == reference)


# --------------------------------------------------------------------------------------------------------------- S3


def _from_s3(aws: AwsSession, source: str) -> SourceContent:
    bucket, _, prefix = source.removeprefix("s3://").partition("/")
    prefix = f"{prefix.rstrip('/')}/" if prefix else ""
    s3 = aws.client("s3")
    content = SourceContent()
    try:
        pages = s3.get_paginator("list_objects_v2").paginate(
            Bucket=bucket, Prefix=prefix, PaginationConfig={"MaxItems": _MOST_KEYS}
        )
        found = [each for page in pages for each in page.get("Contents", []) if each["Key"].endswith(SUFFIX)]
        if pages.resume_token:
            content.notes.append(f"There are more than {_MOST_KEYS:,} objects; those after are not looked at.")
    except Exception as error:
        raise from_aws(error, resource=f"arn:aws:s3:::{bucket}") from error
    _add(
        content,
        (
            (each["Key"].removeprefix(prefix), each["ETag"].strip('"'), _object_reader(s3, bucket, each["Key"]))
            for each in found
        ),
    )
    return content


def _object_reader(s3: Any, bucket: str, key: str) -> Callable[[], str]:
    def read() -> str:
        try:
            body: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read(LARGEST_FILE_BYTES + 1)
        except Exception as error:
            raise from_aws(error, resource=f"arn:aws:s3:::{bucket}/{key}") from error
        return _decoded(body)

    return read


# -------------------------------------------------------------------------------------------------------------- all


def _add(content: SourceContent, files: Iterator[tuple[str, str | None, Callable[[], str]]]) -> None:
    for path, version, read in files:
        if len(content.files) == MOST_FILES:
            content.notes.append(f"There are more than {MOST_FILES} templates; those after are not shown.")
            return
        content.files.append(SourceFile(path, version, read))


def _decoded(data: bytes) -> str:
    if len(data) > LARGEST_FILE_BYTES:
        raise SmextError(ErrorCode.TOO_LARGE, f"It is larger than {LARGEST_FILE_BYTES // 1024} KiB.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SmextError(ErrorCode.INVALID_REQUEST, "It is no text in UTF-8.") from error
