"""The ETag that S3 gives to a file that was sent by us, as a checksum of its content.

It is the MD5 of the content, or of the MD5s of the parts, unless the object is encrypted with KMS or a customer's key.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from .file_upload import digest_of
from .upload import part_size


def etag_of(path: Path) -> str:
    """The ETag without its quotes, for parts of the size that we send."""
    size = path.stat().st_size
    part = part_size(size)
    digests = [digest_of(path, start, part).md5 for start in range(0, max(size, 1), part)]
    return digests[0] if len(digests) == 1 else etag_of_parts(digests)


def etag_of_parts(etags: Iterable[str]) -> str:
    """The ETag without its quotes of an object that came in parts with these ETags, in the order of the parts.

    Raises `ValueError` where a server makes ETags otherwise.
    """
    digests = [bytes.fromhex(each.strip('"')) for each in etags]
    return f"{hashlib.md5(b''.join(digests), usedforsecurity=False).hexdigest()}-{len(digests)}"
