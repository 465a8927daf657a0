"""CSV, TSV and other delimited text."""

from __future__ import annotations

import csv
import io
import re

from ..models import PreviewColumn, PreviewRequest, TableContent
from .cells import shortened
from .sample import Sample, Text

DELIMITERS = ",\t;|"
NAMES = {",": "CSV", "\t": "TSV"}
_SUFFIXES = {".csv": None, ".tsv": "\t", ".tab": "\t", ".psv": "|"}
MOST_COLUMNS = 1000

_INTEGER = re.compile(r"[+-]?\d+")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|nan|inf", re.IGNORECASE)


def table(sample: Sample, text: Text, request: PreviewRequest) -> TableContent | None:
    """The first rows, or None where nothing says that this is a table: no suffix, and no delimiter in every line."""
    suffix = next((each for each in _SUFFIXES if sample.name.endswith(each)), None)
    delimiter = request.delimiter or (_SUFFIXES[suffix] if suffix else None) or find_delimiter(text)
    if delimiter is None:
        if suffix is None:
            return None
        delimiter = ","  # one column
    rows = _rows(text, delimiter, request.rows + 2)
    if not rows:
        return None
    header = _is_header(rows) if request.header is None else request.header
    width = min(max(map(len, rows)), MOST_COLUMNS)
    names = rows.pop(0) if header else []
    more = len(rows) > request.rows or not text.whole
    rows = rows[: request.rows]
    return TableContent(
        format=NAMES.get(delimiter, "delimited text"),
        columns=[
            PreviewColumn(
                name=shortened(names[number]) if number < len(names) else f"{number + 1}",
                type=_type_of([row[number] for row in rows if number < len(row)]),
            )
            for number in range(width)
        ],
        rows=[[shortened(value) for value in row[:width]] + [None] * (width - len(row)) for row in rows],
        more=more,
        header=header,
        delimiter=delimiter,
        encoding=text.encoding,
    )


def find_delimiter(text: Text) -> str | None:
    """The character that stands equally often, and at least once, in each of the first lines."""
    lines = [re.sub(r'"[^"]*"', "", line) for line in text.lines(20) if line.strip()]
    if len(lines) < 2:
        return None
    for delimiter in DELIMITERS:
        counts = [line.count(delimiter) for line in lines]
        if counts[0] and sum(count == counts[0] for count in counts) > 0.8 * len(counts):
            return delimiter
    return None


def _rows(text: Text, delimiter: str, most: int) -> list[list[str]]:
    source = text.text if text.whole else text.text[: text.text.rfind("\n") + 1] or text.text
    reader = csv.reader(io.StringIO(source, newline=""), delimiter=delimiter)
    rows: list[list[str]] = []
    try:
        for row in reader:
            if row:
                rows.append(row)
            if len(rows) == most:
                break
    except csv.Error as error:
        if not rows:
            raise ValueError(str(error)) from error
    return rows


def _is_header(rows: list[list[str]]) -> bool:
    """Names are no numbers. SageMaker's built-in algorithms want CSV without a header, so this must be asked."""
    first = rows[0]
    return len(rows) > 1 and all(first) and len(set(first)) == len(first) and not any(map(_NUMBER.fullmatch, first))


def _type_of(values: list[str]) -> str:
    given = [value.strip() for value in values if value.strip()]
    if given and all(map(_INTEGER.fullmatch, given)):
        return "integer"
    if given and all(map(_NUMBER.fullmatch, given)):
        return "number"
    return "text"
