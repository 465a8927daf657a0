"""JSON documents, JSON Lines and notebooks."""

from __future__ import annotations

import json
from typing import Any

from ..models import (
    NotebookCell,
    NotebookContent,
    OtherContent,
    PreviewColumn,
    PreviewRequest,
    TableContent,
    TextContent,
)
from ..ranged_file import RangedFile
from .cells import cell, shortened
from .plain_text import SHOWN
from .sample import Sample, Text

MOST_COLUMNS = 200
LARGEST_NOTEBOOK = 8 * 2**20
_LINES = (".jsonl", ".ndjson", ".jsonlines", ".manifest")


def lines(sample: Sample, text: Text, request: PreviewRequest) -> TableContent | None:
    """A table of the objects, one a line; None where it is no JSON Lines."""
    named = sample.name.endswith(_LINES)
    if not named and not text.text.lstrip().startswith("{"):
        return None
    records: list[Any] = []
    for line in text.lines(request.rows + 1):
        if line.strip():
            try:
                records.append(json.loads(line))
            except ValueError:
                if named:
                    raise
                return None
    if not named and len(records) < 2:
        return None  # one line may be a document of its own
    more = len(records) > request.rows or not text.whole
    records = records[: request.rows]
    names: dict[str, None] = {}
    for record in records:
        if isinstance(record, dict):
            names |= dict.fromkeys(record)
    columns = list(names)[:MOST_COLUMNS]
    if not columns:
        columns = ["value"]
        records = [{"value": record} for record in records]
    rows = [record if isinstance(record, dict) else {} for record in records]
    return TableContent(
        format="JSON Lines",
        columns=[
            PreviewColumn(name=shortened(name), type=_type_of([row[name] for row in rows if name in row]))
            for name in columns
        ],
        rows=[[cell(row.get(name)) for name in columns] for row in rows],
        more=more,
        encoding=text.encoding,
    )


def document(sample: Sample, text: Text) -> TextContent | None:
    """A document, laid out where all of it is here; None where it is no JSON."""
    if not sample.name.endswith((".json", ".geojson")) and text.text.lstrip()[:1] not in ("{", "["):
        return None
    shown, more = text.text, True
    if text.whole:
        try:
            shown, more = json.dumps(json.loads(text.text), indent=2, ensure_ascii=False), False
        except ValueError:
            if not sample.name.endswith((".json", ".geojson")):
                return None
            more = False  # broken, and shown as it is
    return TextContent(format="json", text=shown[:SHOWN], more=more or len(shown) > SHOWN, encoding=text.encoding)


def notebook(file: RangedFile) -> NotebookContent | OtherContent:
    """The cells of a notebook without their outputs, which may be large and may hold anything."""
    if file.size > LARGEST_NOTEBOOK:
        return OtherContent(format="notebook", message="The notebook is too large for a preview.")
    cells = json.loads(file.read_at(0, file.size))["cells"]
    if not isinstance(cells, list):
        raise ValueError("a notebook has a list of cells")
    return NotebookContent(
        cells=[
            NotebookCell(type=str(each.get("cell_type")), source="".join(each.get("source", "")))
            for each in cells
            if isinstance(each, dict)
        ]
    )


def _type_of(values: list[Any]) -> str:
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return "boolean"
    if kinds == {int}:
        return "integer"
    if kinds and kinds <= {int, float}:
        return "number"
    return "text" if kinds <= {str} else "JSON"
