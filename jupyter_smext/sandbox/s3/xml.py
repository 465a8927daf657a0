"""Reads and writes the XML of S3's protocol."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import TypeAlias
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from jupyter_smext.sandbox.errors import AwsError
from jupyter_smext.sandbox.http import Response

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"

Member: TypeAlias = "tuple[str, str | int | bool | Members | None]"
"""A child element and its content; one that is None is left out."""

Members: TypeAlias = Sequence[Member]
"""Child elements in order; a name may come more than once."""


def document(root: str, members: Members, status: int = 200) -> Response:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{NAMESPACE}">{_render(members)}</{root}>'
    return Response(status, {"Content-Type": "application/xml"}, text.encode())


def error(failure: AwsError, resource: str) -> Response:
    members: Members = [("Code", failure.code), ("Message", failure.message), ("Resource", resource)]
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{_render(members)}<RequestId>sandbox</RequestId></Error>'
    return Response(failure.status, {"Content-Type": "application/xml"}, text.encode())


def parse(body: bytes) -> ElementTree.Element:
    """The root of a request's document, with namespaces removed.

    Raises ``MalformedXML``.
    """
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError:
        raise AwsError("MalformedXML", "The XML you provided was not well-formed") from None
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def timestamp(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _render(members: Members) -> str:
    parts = []
    for name, value in members:
        if value is None:
            continue
        if isinstance(value, bool):
            content = "true" if value else "false"
        elif isinstance(value, (str, int)):
            content = escape(str(value))
        else:
            content = _render(value)
        parts.append(f"<{name}>{content}</{name}>")
    return "".join(parts)
