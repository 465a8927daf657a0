"""The `*.sagemaker.yaml` file: read with positions, written in one canonical form, its comments kept."""

from __future__ import annotations

import datetime
import io
from dataclasses import dataclass, field
from typing import Any, get_args

from pydantic import BaseModel
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from .models import spec_model
from .paths import Path

SUFFIX = ".sagemaker.yaml"


class SpecSyntaxError(ValueError):
    """The text is no YAML, or none that a spec may be. Line and column are counted from 1."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


@dataclass
class SpecText:
    """A text that was read: its values, where each stands, and the comments beside them."""

    data: dict[str, Any]
    positions: dict[Path, tuple[int, int]] = field(default_factory=dict)
    comments: Comments = field(default_factory=lambda: Comments())

    def position(self, path: Path) -> tuple[int, int] | None:
        """Line and column of a path, or of the nearest thing around it that stands in the text."""
        while path and path not in self.positions:
            path = path[:-1]
        return self.positions.get(path)


@dataclass
class Comments:
    """Whole lines above a key (comments and blank lines), the comment after it, and what follows the last key."""

    above: dict[Path, list[str]] = field(default_factory=dict)
    after: dict[Path, str] = field(default_factory=dict)
    end: list[str] = field(default_factory=list)


def load(text: str) -> SpecText:
    """Read a spec's text.

    Raises :class:`SpecSyntaxError` where the text is no YAML map. Anchors and aliases are refused: a spec is read by
    people line by line, and an alias can make a small file very large.
    """
    reader = YAML(typ="safe", pure=True)
    try:
        for event in reader.parse(text):
            if isinstance(event, AliasEvent):
                raise SpecSyntaxError(
                    "Aliases (`*name`) are not used in a spec: write the value out.",
                    event.start_mark.line + 1,
                    event.start_mark.column + 1,
                )
        node = reader.compose(text)
        data = reader.load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = ": ".join(part for part in (error.context, error.problem) if part)
        raise SpecSyntaxError(message, mark.line + 1 if mark else None, mark.column + 1 if mark else None) from error
    except YAMLError as error:
        raise SpecSyntaxError(str(error)) from error
    if node is None:
        return SpecText({}, comments=Comments(end=text.splitlines()))
    if not isinstance(data, dict):
        raise SpecSyntaxError("A spec is a map of keys and values.", 1, 1)
    nodes = _nodes(node)
    positions = {path: (key.start_mark.line + 1, key.start_mark.column + 1) for path, key, _ in nodes}
    return SpecText(_plain(data), positions, _comments(text, nodes))


def dump(spec: dict[str, Any], text: str | None = None) -> str:
    """The canonical text of a spec: block style, keys in the order of the model, no nulls and nothing empty.

    With ``text``, what the spec was read from, its comments are kept where their key still exists. Values that only
    repeat a default are left out, unless ``text`` had them.

    Raises :class:`SpecSyntaxError` where ``text`` cannot be read.
    """
    old = load(text) if text is not None else SpecText({})
    ordered = _ordered(spec, spec_model(spec), set(old.positions), ())
    writer = YAML(pure=True)
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.width = 4096
    writer.representer.add_representer(str, _represent_text)
    buffer = io.StringIO()
    writer.dump(ordered, buffer)
    return _with_comments(buffer.getvalue(), old.comments)


# YAML takes these for line breaks and would fold them into spaces, unless they are escaped between double quotes.
_FOLDED = frozenset("\x85\u2028\u2029")


def _represent_text(representer: Any, text: str) -> Any:
    style = '"' if _FOLDED & set(text) else None
    return representer.represent_scalar("tag:yaml.org,2002:str", text, style=style)


# ----------------------------------------------------------------------------------------------------------- reading


def _plain(value: Any) -> Any:
    """YAML's dates are no JSON; in a spec they were meant as text."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    return value


def _nodes(root: Node) -> list[tuple[Path, Node, Node]]:
    """Every key and list item in the order of the text: its path, where it begins, its value."""
    found: list[tuple[Path, Node, Node]] = []

    def walk(node: Node, path: Path) -> None:
        if isinstance(node, MappingNode):
            for key, value in node.value:
                found.append(((*path, str(key.value)), key, value))
                walk(value, (*path, str(key.value)))
        elif isinstance(node, SequenceNode):
            for index, item in enumerate(node.value):
                found.append(((*path, index), item, item))
                walk(item, (*path, index))

    walk(root, ())
    return found


def _comments(text: str, nodes: list[tuple[Path, Node, Node]]) -> Comments:
    lines = text.splitlines()
    first_path: dict[int, Path] = {}
    code_end: dict[int, int] = {}  # line -> column where its last key or value ends
    in_scalar: set[int] = set()
    for path, key, value in nodes:
        first_path.setdefault(key.start_mark.line, path)
        for node in (key, value):
            if isinstance(node, ScalarNode) or getattr(node, "flow_style", False):
                start, end = node.start_mark, node.end_mark
                in_scalar.update(range(start.line + 1, end.line + (1 if end.column else 0)))
                code_end[end.line] = max(code_end.get(end.line, 0), end.column)
    comments = Comments()
    waiting: list[str] = []
    for number, line in enumerate(lines):
        if number in in_scalar and number not in first_path:
            continue
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            waiting.append(stripped)
            continue
        if number not in first_path:
            continue  # a document marker, or the tail of a flow collection
        path = first_path[number]
        if waiting:
            comments.above[path] = waiting
            waiting = []
        rest = line[code_end.get(number, 0) :].lstrip(":,]}| >+-0123456789").strip()
        if rest.startswith("#"):
            comments.after[path] = rest
    comments.end = waiting
    return comments


# ----------------------------------------------------------------------------------------------------------- writing


def _ordered(value: Any, model: type[BaseModel] | None, written: set[Path], path: Path) -> Any:
    if isinstance(value, list):
        return [_ordered(each, model, written, (*path, index)) for index, each in enumerate(value)]
    if not isinstance(value, dict):
        return value
    if model is None:
        return {key: _ordered(each, None, written, (*path, key)) for key, each in value.items()}
    fields = model.model_fields
    known = [name for name in fields if name in value]
    others = [name for name in value if name not in fields]
    result = {}
    for name in [*known, *others]:
        given = value[name]
        here = (*path, name)
        if name in fields:
            cleaned = _ordered(given, _model_of(fields[name].annotation), written, here)
            if _says_nothing(name, cleaned, fields[name].get_default(call_default_factory=True), here in written):
                continue
            result[name] = cleaned
        else:
            result[name] = _ordered(given, None, written, here)
    return result


def _says_nothing(name: str, value: Any, default: Any, written: bool) -> bool:
    if name in ("api_version", "kind"):
        return False
    if value is None or value == {} or value == []:
        return True
    return not written and not isinstance(value, (dict, list)) and value == default


def _model_of(annotation: Any) -> type[BaseModel] | None:
    """The section behind `Section`, `Section | None` or `list[Section]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for each in get_args(annotation):
        found = _model_of(each)
        if found is not None:
            return found
    return None


def _with_comments(text: str, comments: Comments) -> str:
    nodes = _nodes(YAML(typ="safe", pure=True).compose(text))
    first_path: dict[int, Path] = {}
    for path, key, _ in nodes:
        first_path.setdefault(key.start_mark.line, path)
    lines: list[str] = []
    for number, line in enumerate(text.splitlines()):
        if number in first_path:
            path = first_path[number]
            indent = line[: len(line) - len(line.lstrip())]
            lines += [f"{indent}{comment}" if comment else "" for comment in comments.above.get(path, [])]
            if path in comments.after:
                line = f"{line}  {comments.after[path]}"
        lines.append(line)
    return "\n".join([*lines, *comments.end]) + "\n"
