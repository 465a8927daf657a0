"""Everything that can be said about a spec without asking AWS: its shape, its variables, its combinations."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from ..aws.errors import ErrorCode, SmextError
from .defaults import Layer, filled, origin_texts
from .file import SpecSyntaxError, SpecText, dump, load
from .models import SPECS, FormatRequest, FormatResult, Origin, ParseResult, Problem, Spec, spec_model
from .paths import Path, path_text
from .rules import broken_rules
from .variables import ProfileLookup, nothing_known, resolve


@dataclass
class Checked:
    """The outcome: ``spec`` is there where the shape is right, ``problems`` is empty where all is."""

    spec: Spec | None
    resolved: dict[str, Any]
    problems: list[Problem]
    origins: dict[Path, Origin] = field(default_factory=dict)


def check(
    data: Mapping[str, Any],
    profile: ProfileLookup = nothing_known,
    *,
    layers: Sequence[Layer] = (),
    environ: Mapping[str, str] | None = None,
    text: SpecText | None = None,
) -> Checked:
    """Check a spec as read from a file or sent by a form. ``layers`` fill in what it leaves open.

    With ``text``, problems know their line and column.
    """
    complete, origins = filled(data, layers)
    resolved, variable_errors = resolve(complete, profile, environ)
    found = [(error.path, error.message, error.suggestion) for error in variable_errors]
    spec: Spec | None = None
    model = spec_model(resolved)
    try:
        spec = model.model_validate(resolved)
    except ValidationError as error:
        found += [
            (_path(each["loc"]), *_words(each, model))
            for each in error.errors()
            # A variable that is not known yet cannot be judged by the pattern of its field.
            if not (isinstance(each.get("input"), str) and "${" in each["input"])
        ]
    else:
        found += [(path, message, suggestion) for path, message, suggestion in broken_rules(spec)]
    problems = []
    for path, message, suggestion in found:
        position = text.position(path) if text else None
        problems.append(
            Problem(
                path=path_text(path),
                line=position[0] if position else None,
                column=position[1] if position else None,
                message=message + _whose(path, origins),
                suggestion=suggestion,
            )
        )
    problems.sort(key=lambda each: (each.line or 0, each.column or 0))
    return Checked(spec, resolved, problems, origins)


def parse(text: str, profile: ProfileLookup = nothing_known, layers: Sequence[Layer] = ()) -> ParseResult:
    """Read and check a spec's text; whatever is wrong is in ``problems``, nothing is raised."""
    try:
        read = load(text)
    except SpecSyntaxError as error:
        return ParseResult(
            spec=None,
            resolved=None,
            problems=[Problem(path="", line=error.line, column=error.column, message=error.message, suggestion=None)],
        )
    checked = check(read.data, profile, layers=layers, text=read)
    return ParseResult(
        spec=read.data,
        resolved=checked.resolved,
        problems=checked.problems,
        origins=origin_texts(checked.origins),
    )


def formatted(request: FormatRequest) -> FormatResult:
    """The canonical text of a spec, with the comments of the text that it came from.

    Raises `InvalidRequest` where that text is no YAML: its comments would be lost.
    """
    try:
        return FormatResult(text=dump(request.spec, request.text))
    except SpecSyntaxError as error:
        raise SmextError(
            ErrorCode.INVALID_REQUEST, f"The text cannot be read, line {error.line}: {error.message}"
        ) from error


def valid_spec(data: Mapping[str, Any], profile: ProfileLookup = nothing_known, layers: Sequence[Layer] = ()) -> Spec:
    """The spec, or `InvalidRequest` that names every problem."""
    checked = check(data, profile, layers=layers)
    if checked.spec is None or checked.problems:
        raise SmextError(
            ErrorCode.INVALID_REQUEST,
            "\n".join(f"{each.path or 'file'}: {each.message}" for each in checked.problems),
            hint="\n".join(
                f"{each.path}: did you mean {each.suggestion}?" for each in checked.problems if each.suggestion
            )
            or None,
        )
    return checked.spec


def _whose(path: Path, origins: Mapping[Path, Origin]) -> str:
    """Whoever looks for a wrong value in the spec must learn that it is not there."""
    for place, origin in origins.items():
        if path[: len(place)] == place:
            return f" It comes from {origin.source}."
    return ""


def _path(location: tuple[int | str, ...]) -> Path:
    return tuple(part for part in location if part != "[key]")


def _words(error: Any, model: type[BaseModel]) -> tuple[str, str | None]:
    """What pydantic found, in the words of someone who writes YAML."""
    kind, location, given = error["type"], error["loc"], error.get("input")
    if kind == "extra_forbidden":
        known = _keys_at(model, location[:-1])
        nearest = difflib.get_close_matches(str(location[-1]).lower().replace("-", "_"), known, 1, 0.6)
        return f"Unknown key {location[-1]!r}. Known here: {', '.join(known)}.", nearest[0] if nearest else None
    if kind == "missing":
        return f"{location[-1]!r} is missing.", None
    if kind == "string_type" and isinstance(given, (int, float)) and not isinstance(given, bool):
        return "This is text: put it in quotes.", f"'{given}'"
    if kind in ("literal_error", "enum"):
        expected = str(error["ctx"]["expected"])
        choices = [each.strip(" '") for each in expected.replace(" or ", ", ").split(",")]
        choices = list(SPECS) if location == ("kind",) else choices
        return f"{given!r} is none of {', '.join(choices)}.", _nearest(str(given), choices)
    if kind == "string_pattern_mismatch":
        return f"{given!r} is not of the form {error['ctx']['pattern']}", None
    if kind in ("model_type", "dict_type"):
        return "Here belong keys and values.", None
    return str(error["msg"]).removeprefix("Value error, ") + ".", None


def _nearest(given: str, choices: list[str]) -> str | None:
    lowered = {each.lower(): each for each in choices}
    found = difflib.get_close_matches(given.lower(), list(lowered), 1, 0.5)
    return lowered[found[0]] if found else None


def _keys_at(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """The keys that the section at this place knows."""
    annotation: Any = model
    for part in location:
        section = _section(annotation)
        if section is None:
            return []
        if isinstance(part, str):
            annotation = section.model_fields[part].annotation if part in section.model_fields else None
    found = _section(annotation)
    return list(found.model_fields) if found else []


def _section(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and get_origin(annotation) is None and issubclass(annotation, BaseModel):
        return annotation
    for each in get_args(annotation):
        found = _section(each)
        if found is not None:
            return found
    return None
