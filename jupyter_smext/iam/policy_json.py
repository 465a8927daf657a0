"""Strict JSON with the place of every value, and forgiving reading of the mistakes that people make in policies."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any

from .models import Finding

MAX_DEPTH = 50

Path = tuple[str | int, ...]
"""The way to a value: names of members and indexes of elements."""


class UnreadableJson(ValueError):
    """The text is not JSON, and no known mistake explains it."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


@dataclass
class ParsedJson:
    """A text read as JSON."""

    text: str
    value: Any
    positions: dict[Path, int]
    """Offset of each value."""
    keys: dict[Path, int]
    """Offset of the name of each member."""
    findings: list[Finding]


@dataclass
class _Reader:
    text: str
    position: int = 0
    positions: dict[Path, int] = field(default_factory=dict)
    keys: dict[Path, int] = field(default_factory=dict)
    mistakes: list[tuple[str, int, str, str]] = field(default_factory=list)

    def mistake(self, code: str, position: int, message: str, fix: str) -> None:
        self.mistakes.append((code, position, message, fix))

    def skip(self) -> None:
        """White space, and comments, which JSON does not have."""
        while True:
            found = _SPACE.match(self.text, self.position)
            assert found is not None
            self.position = found.end()
            comment = _COMMENT.match(self.text, self.position)
            if not comment:
                return
            self.mistake("json-comment", self.position, "JSON has no comments.", "removed")
            self.position = comment.end()

    def peek(self) -> str:
        self.skip()
        return self.text[self.position : self.position + 1]

    def fail(self, message: str) -> UnreadableJson:
        return UnreadableJson(message, self.position)

    def read(self, path: Path) -> Any:
        if len(path) > MAX_DEPTH:
            raise self.fail("No policy is nested this deeply.")
        character = self.peek()
        self.positions[path] = self.position
        if character == "{":
            return self.read_object(path)
        if character == "[":
            return self.read_array(path)
        if character and character in _QUOTES:
            return self.read_string()
        if found := _NUMBER.match(self.text, self.position):
            self.position = found.end()
            return float(found[0]) if re.search(r"[.eE]", found[0]) else int(found[0])
        if found := _WORD.match(self.text, self.position):
            return self.read_word(found[0])
        raise self.fail(
            "A value is missing here." if not character or character in "]},:" else "This is no JSON value."
        )

    def read_word(self, word: str) -> Any:
        start = self.position
        self.position += len(word)
        if word in _CONSTANTS:
            return _CONSTANTS[word]
        if word.lower() in _CONSTANTS or word == "None":
            self.mistake("json-constant", start, f"JSON writes {word} in another way.", "written as JSON does")
            return _CONSTANTS.get(word.lower())
        self.mistake("json-quotes", start, f"{word} stands without quotation marks.", "put in quotation marks")
        return word

    def read_string(self) -> str:
        start = self.position
        opening = self.text[start]
        if opening != '"':
            self.mistake("json-quotes", start, "JSON texts stand in double quotation marks.", "put in double marks")
        found = re.compile(rf"((?:[^{_QUOTES[opening]}\\\n]|\\.)*)[{_QUOTES[opening]}]").match(self.text, start + 1)
        if not found:
            raise self.fail("This text has no closing quotation mark.")
        self.position = found.end()
        return _unescape(found[1])

    def read_object(self, path: Path) -> dict[str, Any]:
        members: dict[str, Any] = {}
        self.position += 1
        while (character := self.peek()) != "}":
            if not character:
                self.mistake("json-unclosed", self.position, "A closing } is missing.", "closed")
                return members
            start = self.position
            if character in _QUOTES:
                name = self.read_string()
            elif found := _NAME.match(self.text, start):
                name = str(self.read_word(found[0]))
            else:
                raise self.fail("The name of a member, in quotation marks, is expected here.")
            if self.peek() == ":":
                self.position += 1
            elif self.peek() == "=":
                self.mistake("json-colon", self.position, "A colon separates name and value.", "written as a colon")
                self.position += 1
            else:
                raise self.fail(f"A colon is missing after {name!r}.")
            place = (*path, name)
            if name in members:
                self.mistake("json-duplicate-key", start, f"{name!r} appears twice in one object.", "kept the last one")
            self.keys[place] = start
            members[name] = self.read(place)
            self.read_comma("}")
        self.position += 1
        return members

    def read_array(self, path: Path) -> list[Any]:
        elements: list[Any] = []
        self.position += 1
        while (character := self.peek()) != "]":
            if not character:
                self.mistake("json-unclosed", self.position, "A closing ] is missing.", "closed")
                return elements
            elements.append(self.read((*path, len(elements))))
            self.read_comma("]")
        self.position += 1
        return elements

    def read_comma(self, closing: str) -> None:
        """What stands after a member or element."""
        after_value = self.position
        if self.peek() == ",":
            comma = self.position
            self.position += 1
            while self.peek() == ",":
                self.mistake("json-comma", self.position, "There is one comma too many.", "removed")
                self.position += 1
            if self.peek() == closing:
                self.mistake("json-trailing-comma", comma, f"No comma may stand before a {closing}.", "removed")
        elif self.peek() == ";":
            self.mistake("json-comma", self.position, "A comma separates members.", "written as a comma")
            self.position += 1
        elif self.peek() not in (closing, ""):
            if self.peek() in "}]:":
                raise self.fail(f"A {closing} is expected here.")
            self.mistake("json-missing-comma", after_value, "A comma is missing here.", "added")


_SPACE = re.compile(r"[\s\ufeff\u00a0]*")
_COMMENT = re.compile(r"//[^\n]*|#[^\n]*|/\*.*?\*/", re.DOTALL)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w:])")
_WORD = re.compile(r"[A-Za-z_][\w.:*/-]*")
_NAME = re.compile(r"[A-Za-z_][\w-]*")
_CONSTANTS = {"true": True, "false": False, "null": None}
_QUOTES = {'"': '"', "'": "'", "“": "”“", "”": "”“", "‘": "’‘", "’": "’‘"}
"""Opening marks and the marks that close them."""
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


def _unescape(text: str) -> str:
    def one(found: re.Match[str]) -> str:
        if found[1].startswith("u"):
            return chr(int(found[1][1:], 16))
        return _ESCAPES.get(found[1], found[1])

    return re.sub(r"\\(u[0-9A-Fa-f]{4}|.)", one, text)


def parse(text: str) -> ParsedJson:
    """Read a policy text. Mistakes that can be read over become findings; others raise UnreadableJson."""
    reader = _Reader(text)
    value = reader.read(())
    if reader.peek():
        raise reader.fail("The text goes on after the end of the policy.")
    findings = [
        Finding(code=code, severity="error", line=line, column=column, message=message, fix=fix)
        for code, position, message, fix in reader.mistakes
        for line, column in [line_and_column(text, position)]
    ]
    return ParsedJson(text, value, reader.positions, reader.keys, findings)


def line_and_column(text: str, position: int) -> tuple[int, int]:
    """Line and column of an offset, both from 1."""
    ends = [found.end() for found in re.finditer(r"\n", text)]
    line = bisect_right(ends, position)
    return line + 1, position - (ends[line - 1] if line else 0) + 1
