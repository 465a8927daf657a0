"""The ETag that S3 gives to a file that was sent by us, as a checksum of its content.

It is the MD5 of the content, or of the MD5s of the parts, unless the object is encrypted with KMS or a customer's key.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from .upload import part_size

CHUNK = 2**20


def etag_of(path: Path) -> str:
    """The ETag without its quotes, for parts of the size that we send."""
    size = path.stat().st_size
    part = part_size(size)
    digests: list[bytes] = []
    with path.open("rb") as file:
        for start in range(0, max(size, 1), part):
            digest = hashlib.md5(usedforsecurity=False)
            left = min(part, size - start)
            while left and (data := file.read(min(CHUNK, left))):
                digest.update(data)
                left -= len(data)
            digests.append(digest.digest())
    if len(digests) == 1:
        return digests[0].hex()
    return f"{hashlib.md5(b''.join(digests), usedforsecurity=False).hexdigest()}-{len(digests)}"
