"""A place in S3, picked in a cell."""

from __future__ import annotations

from typing import Any

from traitlets import List, Unicode

from .. import snapshot
from .base import PanelWidget, kernel_session


class S3Picker(PanelWidget):
    """The panel's S3 browser, to pick objects, prefixes or a bucket.

    Traits
    ------
    prefix : str
        The place that is listed, as s3:// URI; ``s3://`` is the list of buckets. Set it to go elsewhere.
    selected : list of str
        s3:// URIs of the selected rows.
    uri : str
        What is picked: the first selected row, else the place that is listed; empty at the list of buckets.
    """

    prefix = Unicode("s3://").tag(sync=True)
    selected = List(Unicode()).tag(sync=True)
    uri = Unicode().tag(sync=True)

    _shown = ("prefix", "selected", "uri")

    def __init__(self, prefix: str = "s3://", *, height: int = 320, **traits: Any) -> None:
        super().__init__(prefix=prefix, height=height, **traits)

    def _read(self) -> None:
        """Look through the kernel whether the place can be listed. Permission: `s3:ListBucket`."""
        bucket, _, key = self.prefix.removeprefix("s3://").partition("/")
        if bucket:
            from ...s3.browse import list_objects
            from ...s3.models import ObjectsQuery

            list_objects(kernel_session(), ObjectsQuery(bucket=bucket, prefix=key, max_keys=1))

    def _text(self) -> str:
        return "\n".join(["S3:", *self.selected]) if self.selected else f"S3: {self.uri or self.prefix}"

    def _html(self) -> str:
        if not self.selected:
            return snapshot.card("Picked in S3", self.uri or "nothing yet", [])
        return snapshot.card("Picked in S3", self.prefix, [snapshot.paragraph(uri) for uri in self.selected])
