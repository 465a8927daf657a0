"""Team templates: specs to begin with, from places that the administrator or the user has named.

A template is an ordinary `*.sagemaker.yaml`. It is called like its file; what it says of itself is
`metadata.description`, or the first paragraph of the comment at its head. A broken one is listed with what is wrong.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ..aws.errors import ErrorCode, SmextError, from_aws
from ..aws.session import AwsSession, Guard
from .check import parse
from .defaults import layers_of, user_file, user_settings
from .file import SUFFIX, SpecSyntaxError, load
from .models import Problem, Template, TemplateList, TemplateSource, TemplateText
from .profile import profile_of
from .template_sources import SourceContent, SourceFile, read_source

# Reads at once: most of the time goes into waiting for S3.
_PARALLEL = 8


@dataclass(frozen=True)
class NamedSource:
    """A source as it is written, and who has named it."""

    source: str
    named_by: Literal["admin", "user"]


def template_sources(guard: Guard | None) -> list[NamedSource]:
    """The administrator's sources, then those under `templates` in the user's defaults file, each once.

    Raises `InvalidRequest` where the user's file cannot be read, or `templates` is no list of texts.
    """
    given = guard.template_sources() if guard else []
    own = user_settings(user_file()).get("templates") or []
    if not isinstance(own, list) or not all(isinstance(each, str) for each in own):
        raise SmextError(ErrorCode.INVALID_REQUEST, f"`templates` in {user_file()} has to be a list of texts.")
    return [
        *(NamedSource(each, "admin") for each in dict.fromkeys(given)),
        *(NamedSource(each, "user") for each in dict.fromkeys(own) if each not in given),
    ]


def list_templates(
    aws: AwsSession, sources: Sequence[NamedSource], cache: Path | None = None, *, refresh: bool = False
) -> TemplateList:
    """All templates of all sources, checked. A source that cannot be read is listed with its problem.

    ``cache`` is where checkouts of repositories are kept. Permissions: `s3:ListBucket` and `s3:GetObject` on the
    prefixes.
    """
    with ThreadPoolExecutor(_PARALLEL, thread_name_prefix="smext-templates") as pool:
        contents = list(pool.map(lambda each: _content(aws, each, cache or checkouts(), refresh), sources))
        files = [
            (each.source, file)
            for each, content in zip(sources, contents, strict=True)
            if isinstance(content, SourceContent)
            for file in content.files
        ]
        templates = list(pool.map(lambda pair: _template(aws, *pair), files))
    return TemplateList(
        sources=[_told(each, content) for each, content in zip(sources, contents, strict=True)], templates=templates
    )


def template_text(
    aws: AwsSession, sources: Sequence[NamedSource], source: str, path: str, cache: Path | None = None
) -> TemplateText:
    """One template with its text. Raises `NotFound` where no such source is named, or it has no such file."""
    if source not in [each.source for each in sources]:
        raise SmextError(ErrorCode.NOT_FOUND, "No such source of templates is configured.")
    for file in read_source(aws, source, cache or checkouts()).files:
        if file.path == path:
            text = file.read()
            return TemplateText(template=_described(aws, source, file, text), text=text)
    raise SmextError(ErrorCode.NOT_FOUND, f"There is no template {path} in {source}.")


def checkouts() -> Path:
    """Where checkouts of repositories lie."""
    from jupyter_core.paths import jupyter_data_dir

    return Path(jupyter_data_dir()) / "jupyter_smext" / "templates"


def _content(aws: AwsSession, named: NamedSource, cache: Path, refresh: bool) -> SourceContent | SmextError:
    try:
        return read_source(aws, named.source, cache, refresh=refresh)
    except Exception as error:
        return from_aws(error)


def _told(named: NamedSource, content: SourceContent | SmextError) -> TemplateSource:
    if isinstance(content, SmextError):
        return TemplateSource(source=named.source, named_by=named.named_by, problem=content.envelope)
    return TemplateSource(source=named.source, named_by=named.named_by, version=content.version, notes=content.notes)


def _template(aws: AwsSession, source: str, file: SourceFile) -> Template:
    try:
        return _described(aws, source, file, file.read())
    except SmextError as error:
        problem = Problem(path="", message=error.envelope.message)
        return Template(name=_name(file.path), source=source, path=file.path, version=file.version, problems=[problem])


def _described(aws: AwsSession, source: str, file: SourceFile, text: str) -> Template:
    parsed = parse(text, profile_of(aws), layers_of(aws))
    kind = (parsed.spec or {}).get("kind")
    return Template(
        name=_name(file.path),
        description=_description(parsed.spec or {}, text),
        kind=kind if isinstance(kind, str) else None,
        source=source,
        path=file.path,
        version=file.version,
        problems=parsed.problems,
    )


def _name(path: str) -> str:
    return path.removesuffix(SUFFIX)


def _description(spec: dict[str, Any], text: str) -> str | None:
    metadata = spec.get("metadata")
    given = metadata.get("description") if isinstance(metadata, dict) else None
    if isinstance(given, str):
        return given
    try:
        head = load(text).comments.above.get(tuple(spec)[:1], [])
    except SpecSyntaxError:
        return None
    lines = [line.lstrip("#").strip() for line in head]
    first = itertools.takewhile(bool, itertools.dropwhile(lambda line: not line, lines))
    return " ".join(first) or None
