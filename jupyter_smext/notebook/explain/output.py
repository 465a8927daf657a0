"""The help as an output of a cell: for our panel, and readable wherever a notebook is shown."""

from __future__ import annotations

from html import escape
from typing import Any

from .help import Help

MIME_TYPE = "application/vnd.jupyter-smext.help+json"


def show(found: Help) -> None:
    from IPython.display import display

    display(mime_bundle(found), raw=True)  # type: ignore[no-untyped-call]  # IPython's display is not typed


def mime_bundle(found: Help) -> dict[str, Any]:
    return {
        MIME_TYPE: found.model_dump(exclude_none=True),
        "text/html": _html(found),
        "text/plain": _plain(found),
    }


def _facts(found: Help) -> list[tuple[str, str]]:
    """What the explanation does not name itself."""
    reason = found.failed.reason if found.failed else None
    facts = {
        "Reason": reason,
        "Principal": found.principal,
        "Action": found.action,
        "Resource": found.resource,
        "Region": found.region,
        "Request id": found.request_id,
    }
    return [(name, value) for name, value in facts.items() if value and value not in found.explanation]


def _plain(found: Help) -> str:
    lines = [found.title, "", found.explanation]
    lines += [f"{name}: {value}" for name, value in _facts(found)]
    lines += ["", *(f"{number}. {step}" for number, step in enumerate(found.steps, 1))] if found.steps else []
    lines += ["", *(page for page in (found.quotas, found.docs) if page)] if found.quotas or found.docs else []
    return "\n".join(lines)


# No colour of its own, so that it is readable on a light and on a dark page.
_BOX = "border-left: 3px solid currentColor; margin: 8px 0; padding: 0 12px; overflow-wrap: anywhere"


def _html(found: Help) -> str:
    parts = [f"<p><strong>{escape(found.title)}</strong></p>", f"<p>{escape(found.explanation)}</p>"]
    facts = _facts(found)
    if facts:
        parts.append("<p>" + "<br>".join(f"{name}: <code>{escape(value)}</code>" for name, value in facts) + "</p>")
    if found.steps:
        parts.append("<ol>" + "".join(f"<li>{escape(step)}</li>" for step in found.steps) + "</ol>")
    pages = [("Request a quota", found.quotas), ("Documentation", found.docs)]
    links = [f'<a href="{escape(url)}" rel="noopener">{name}</a>' for name, url in pages if url]
    if links:
        parts.append(f"<p>{' · '.join(links)}</p>")
    return f'<div role="note" style="{_BOX}">{"".join(parts)}</div>'
