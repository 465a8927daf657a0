"""Listings of keys: pages of a prefix, with common prefixes, at a cost that depends on the page and not on the bucket.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from jupyter_smext.sandbox.s3.store import ListedObject, S3Store


@dataclass
class Page:
    """Keys and common prefixes in one order; ``last`` is where the next page begins, if there is one."""

    objects: list[ListedObject] = field(default_factory=list)
    common_prefixes: list[str] = field(default_factory=list)
    last: str | None = None

    def __len__(self) -> int:
        return len(self.objects) + len(self.common_prefixes)


def list_page(store: S3Store, bucket: str, *, prefix: str, delimiter: str, after: str, limit: int) -> Page:
    """Up to ``limit`` entries behind ``after``, which may be a key or a common prefix."""
    page = Page()
    place = ""
    for entry in _entries(store, bucket, prefix, delimiter, after, limit + 1):
        if len(page) == limit:
            page.last = place
            return page
        if isinstance(entry, str):
            page.common_prefixes.append(entry)
            place = entry
        else:
            page.objects.append(entry)
            place = entry.key
    return page


def _entries(
    store: S3Store, bucket: str, prefix: str, delimiter: str, after: str, batch: int
) -> Iterator[ListedObject | str]:
    below = end_of(prefix)
    place, including = after, False
    if after < prefix:
        place, including = prefix, True
    elif delimiter and after.endswith(delimiter) and after.startswith(prefix) and after != prefix:
        # A page that ended on a common prefix goes on behind all that it stands for.
        beyond = end_of(after)
        if beyond is None:
            return
        place, including = beyond, True
    size = 1 if delimiter else batch
    while True:
        rows = store.keys(bucket, above=place, including=including, below=below, limit=size)
        full = len(rows) == size
        for item in rows:
            cut = item.key.find(delimiter, len(prefix)) if delimiter else -1
            if cut < 0:
                yield item
                place, including = item.key, False
                continue
            common = item.key[: cut + len(delimiter)]
            yield common
            beyond = end_of(common)
            if beyond is None:
                return
            # Skips every key below the common prefix with one look into the index.
            place, including = beyond, True
            size = 1
            full = True
            break
        else:
            size = min(size * 4, batch)
        if not full:
            return


def end_of(prefix: str) -> str | None:
    """The first string behind all that begin with ``prefix``; None when there is none."""
    while prefix:
        last = ord(prefix[-1])
        if last < 0x10FFFF:
            # Surrogates are no characters.
            return prefix[:-1] + chr(0xE000 if last == 0xD7FF else last + 1)
        prefix = prefix[:-1]
    return None
