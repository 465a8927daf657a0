"""Text of any kind: its encoding, and its beginning."""

from __future__ import annotations

import codecs

from ..models import TextContent
from .sample import Sample, Text

SHOWN = 64 * 1024

_MARKS = [(codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")]


def decode(sample: Sample, encoding: str | None) -> Text | None:
    """The sample as text, or None where it is binary. Raises `ValueError` where ``encoding`` is given and wrong."""
    if encoding:
        try:
            decoder = codecs.getincrementaldecoder(encoding)()
        except LookupError as error:
            raise ValueError(f"there is no encoding {encoding!r}") from error
        return Text(decoder.decode(sample.data, final=sample.whole), encoding, sample.whole)
    marked = next((name for mark, name in _MARKS if sample.data.startswith(mark)), None)
    if marked is None and b"\x00" in sample.data:
        return None
    for name in [marked] if marked else ["utf-8", "cp1252", "latin-1"]:
        try:
            text = codecs.getincrementaldecoder(name)().decode(sample.data, final=sample.whole)
        except UnicodeDecodeError:
            continue
        controls = sum(text.count(each) for each in map(chr, [*range(9), *range(14, 27), *range(28, 32)]))
        return None if controls * 20 > len(text) else Text(text, name, sample.whole)
    return None


def content(sample: Sample, text: Text) -> TextContent:
    return TextContent(
        format=sample.name.rpartition(".")[2] if "." in sample.name else "text",
        text=text.text[:SHOWN],
        more=not text.whole or len(text.text) > SHOWN,
        encoding=text.encoding,
    )
