"""What a widget showed last, as static HTML: for saved notebooks, GitHub, nbconvert and front ends without the panel.

The HTML has no script, stands for itself, and takes its colours from the page around it, so that it can be read on
light and on dark.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

_BORDER = "1px solid rgba(127,127,127,.45)"
_CELL = "padding:2px 16px 2px 0;text-align:left;vertical-align:top;font-weight:normal;overflow-wrap:break-word"


def card(kind: str, title: str, parts: Iterable[str], *, note: str | None = None) -> str:
    """A frame with what it is, its name, and parts that are HTML already. Everything else is escaped here."""
    footer = f'<p style="margin:8px 0 0;opacity:.75;font-size:90%">{escape(note)}</p>' if note else ""
    return (
        f'<div role="group" aria-label="{escape(f"{kind} {title}".strip())}"'
        f' style="border:{_BORDER};border-radius:4px;padding:8px 12px;max-width:960px">'
        f'<p style="margin:0 0 6px"><span style="opacity:.75">{escape(kind)}</span>'
        f' <strong style="overflow-wrap:anywhere">{escape(title)}</strong></p>'
        f"{''.join(parts)}{footer}</div>"
    )


def facts(pairs: Iterable[tuple[str, object]]) -> str:
    """Names and values, a row each; without a value (None or empty) no row."""
    rows = "".join(
        f'<tr style="background:none"><th scope="row" style="{_CELL};opacity:.75">{escape(name)}</th>'
        f'<td style="{_CELL}">{escape(str(value))}</td></tr>'
        for name, value in pairs
        if value not in (None, "")
    )
    return f'<table style="border:none;margin:0;border-collapse:collapse">{rows}</table>' if rows else ""


def table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table with a head."""
    head = "".join(f'<th scope="col" style="{_CELL};opacity:.75">{escape(name)}</th>' for name in columns)
    body = "".join(
        '<tr style="background:none">'
        + "".join(f'<td style="{_CELL}">{escape("" if value is None else str(value))}</td>' for value in row)
        + "</tr>"
        for row in rows
    )
    return (
        f'<table style="border:none;margin:0;border-collapse:collapse" aria-label="{escape(caption)}">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def paragraph(text: str) -> str:
    return f'<p style="margin:4px 0;white-space:pre-wrap;overflow-wrap:anywhere">{escape(text)}</p>'


def code(text: str) -> str:
    """Text as it is, such as YAML."""
    return f'<pre style="margin:4px 0;background:none;white-space:pre-wrap">{escape(text)}</pre>'
