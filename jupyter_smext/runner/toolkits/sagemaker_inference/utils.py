"""Request headers."""

from __future__ import annotations

from collections.abc import Mapping


def parse_accept(accept: str) -> list[str]:
    """The MIME types of an Accept header."""
    return accept.replace(" ", "").split(",")


def retrieve_content_type_header(request_property: Mapping[str, str]) -> str | None:
    """The content type among headers, in any of its spellings."""
    for name, value in request_property.items():
        if name.lower().replace("-", "") == "contenttype":
            return value
    return None
