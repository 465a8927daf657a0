"""What the first bytes of a channel say: a header, a delimiter, a label, a format. Pure functions on bytes."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

# At most this much of a channel is read.
READ_BYTES = 256 * 1024


@dataclass(frozen=True)
class Oddity:
    """Something about the data; ``line`` counts from 1."""

    code: str
    message: str
    line: int | None = None


def format_of(data: bytes) -> str | None:
    """``csv``, ``libsvm``, ``jsonlines``, ``parquet``, ``recordio``, ``gzip``, ``image``; None: not recognised."""
    if data.startswith(b"\x1f\x8b"):
        return "gzip"
    if data.startswith(b"PAR1"):
        return "parquet"
    if data.startswith(b"\x0a\x23\xd7\xce"):
        return "recordio"
    if data.startswith((b"\xff\xd8\xff", b"\x89PNG")):
        return "image"
    text = _text(data)
    if text is None or not text.strip():
        return None
    first = text.lstrip().split("\n", 1)[0]
    if first.startswith(("{", "[")):
        return "jsonlines"
    words = first.split()
    if len(words) > 1 and all(":" in word for word in words[1:4]) and _number(words[0]):
        return "libsvm"
    if "," in first or ";" in first or "\t" in first or _number(first.strip()):
        return "csv"
    return None


def csv_oddities(data: bytes, *, complete: bool, labelled: bool) -> Iterator[Oddity]:
    """What breaks an algorithm that reads CSV without a header, the label first.

    ``complete`` says whether ``data`` is all of the file; else its last line may be cut. ``labelled``: the first column
    is a label.
    """
    text = _text(data)
    if text is None:
        return
    lines = text.splitlines()
    if not complete and len(lines) > 1:
        lines = lines[:-1]
    delimiter = _delimiter(lines[0]) if lines else ","
    if delimiter != ",":
        name = {";": "a semicolon", "\t": "a tab"}[delimiter]
        yield Oddity("CsvDelimiter", f"The columns are separated by {name}, not by a comma.", 1)
    rows = list(csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter))
    if not rows:
        return
    if _is_header(rows):
        yield Oddity("CsvHeader", f"The first line is a header: {', '.join(rows[0][:5])}.", 1)
        rows = rows[1:]
        first = 2
    else:
        first = 1
    yield from _ragged(rows, first)
    yield from _words(rows, first, labelled)
    column = [row[0] for row in rows if row]
    if labelled and len(column) >= 5 and _counts_up(column):
        yield Oddity(
            "CsvIndexColumn",
            "The first column counts up by one like an index, and would be taken for the label.",
            first,
        )


def _ragged(rows: list[list[str]], first: int) -> Iterator[Oddity]:
    width = len(rows[0]) if rows else 0
    for number, row in enumerate(rows, first):
        if row and len(row) != width:
            yield Oddity("CsvRagged", f"Line {number} has {len(row)} columns, the first one {width}.", number)
            return


def _words(rows: list[list[str]], first: int, labelled: bool) -> Iterator[Oddity]:
    for number, row in enumerate(rows, first):
        for index, value in enumerate(row):
            if value.strip() and not _number(value):
                what = "The label" if labelled and index == 0 else f"Column {index + 1}"
                code = "CsvLabelText" if labelled and index == 0 else "CsvText"
                yield Oddity(code, f"{what} of line {number} is no number: {value[:40]!r}.", number)
                return
            if not value.strip() and labelled and index == 0:
                yield Oddity("CsvLabelEmpty", f"The label of line {number} is empty.", number)
                return


def _is_header(rows: list[list[str]]) -> bool:
    head = [value for value in rows[0] if value.strip()]
    if not head or any(_number(value) for value in head):
        return False
    below = rows[1] if len(rows) > 1 else []
    return not below or any(_number(value) for value in below)


def _delimiter(line: str) -> str:
    counts = {each: line.count(each) for each in (",", ";", "\t")}
    best = max(counts, key=lambda each: counts[each])
    return best if counts[best] and not counts[","] else ","


def _counts_up(column: list[str]) -> bool:
    try:
        numbers = [int(value) for value in column[:1000]]
    except ValueError:
        return False
    return all(after - before == 1 for before, after in itertools.pairwise(numbers))


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _text(data: bytes) -> str | None:
    """UTF-8 text; a character that the end of the data cuts in two is left out."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        return data[: error.start].decode("utf-8") if error.start >= len(data) - 3 else None
